/** The reminder before a silence or a maintenance window ends: to its owner, or to the team when the owner is gone. Pure. */
import type { ConfigSnapshot } from '../config/specs.js';
import { noticeTime, type Owner, ownerOf, ownersOf } from '../people/notice-owners.js';

export interface EndingMute {
  kind: 'silence' | 'maintenance window';
  id: string;
  owner: string | null;
  teams: readonly string[] | null;
  /** What it mutes, in one line. */
  mutes: string;
  reason: string;
  until: string;
  /** Alerts that it holds now. */
  held: number;
}

export interface EndReminder {
  key: string;
  person: string;
  contact: string;
  channel: string;
  address: string;
  title: string;
  text: string;
  dueAt?: string;
  held?: string;
}

export function endReminders(mute: EndingMute, snapshot: ConfigSnapshot, now: string): EndReminder[] {
  const owner = mute.owner === null ? null : ownerOf(snapshot, mute.owner);
  const told = owner === null ? teamOwners(mute, snapshot) : [owner];
  return told.map(({ name, person, contact }) => ({
    // A new end is reminded of again.
    key: `${mute.kind}/${mute.id}/${mute.until}/${name}`,
    person: name,
    contact: contact.name,
    channel: contact.channel,
    address: contact.address,
    title: `A ${mute.kind} ends soon`,
    text: textOf(mute, name),
    ...noticeTime(person, now),
  }));
}

function teamOwners({ teams }: EndingMute, snapshot: ConfigSnapshot): Owner[] {
  const all = (teams ?? [null]).flatMap((team) => ownersOf(snapshot, team));
  return [...new Map(all.map((owner) => [owner.name, owner])).values()];
}

function textOf({ kind, owner, mutes, reason, until, held }: EndingMute, to: string): string {
  const whose = owner === to ? `Your ${kind}` : `The ${kind} of ${owner ?? 'a key'}, who cannot be told,`;
  const fires =
    held === 0
      ? 'It holds no alert now.'
      : `It holds ${held === 1 ? 'one alert that fires' : `${held} alerts that fire`}: what still fires then pages as one group.`;
  return `${whose} ends at ${until} (${reason}): ${mutes}. ${fires}`;
}
