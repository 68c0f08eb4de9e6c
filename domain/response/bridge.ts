/** The bridge of an incident: where its responders talk. Each kind of bridge says which address an incident gets. */

/** `url`, or the bare address: the same for every incident. `jitsi`: a server where each incident gets a room of its own. */
export type BridgeSpec = string | BridgeByKind;
type BridgeByKind = { url: string } | { jitsi: string };

/** What names a room: the incident's number, for people, and letters that nobody can guess. */
export interface BridgeRoom {
  number: string;
  secret: string;
}

type KindsOf<Spec> = Spec extends unknown ? keyof Spec : never;

/** Another kind is one more line here and in `BridgeSpec`, and in `contracts/config/bridge.ts`. */
const addressOf: Readonly<Record<KindsOf<BridgeByKind>, (said: string, room: BridgeRoom) => string>> = {
  url: (said) => said,
  // A server may serve rooms below a path. The browser opens a room by its name; whoever knows the name can join.
  jitsi: (said, { number, secret }) => `${said.replace(/\/+$/, '')}/${number}-${secret}`,
};

/** `room`: null where nothing is opened, such as in a simulation. */
export function bridgeAddress(spec: BridgeSpec | false, room: BridgeRoom | null): string | null {
  if (spec === false || room === null) return null;
  if (typeof spec === 'string') return addressOf.url(spec, room);
  return 'url' in spec ? addressOf.url(spec.url, room) : addressOf.jitsi(spec.jitsi, room);
}

/**
 * People may be in the bridge already when the priority changes, so an incident keeps the one it was given; it also keeps its room
 * when it is reopened.
 */
export const keptBridge = (current: string | null, planned: string | null): string | null =>
  current ?? planned;
