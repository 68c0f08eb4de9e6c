/** Uptime Kuma's own webhook: `{heartbeat, monitor, msg}`, as fields of our format. */
import type { Json } from '../../../domain/alert/signal.js';
import { type JsonObject, looseText } from '../../shared/alerts/fields.js';
import { isObject } from '../../../domain/shared/is-object.js';

/** Meaning of `heartbeat.status`; Kuma notifies only of 0 and 1. */
const STATUS: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['0', { action: 'trigger' }],
  ['1', { action: 'resolve' }],
  ['2', { action: 'trigger', severity: 'info' }],
  ['3', { action: 'trigger', severity: 'info' }],
]);
/** Members of a monitor that are shown; the others configure its check, and include headers and passwords. */
const SHOWN = ['id', 'name', 'type', 'url', 'hostname', 'port', 'description', 'tags'];

/** Null for other bodies. A warning about a certificate has no heartbeat and no monitor: its `msg` describes it. */
export function fromUptimeKuma({ heartbeat, monitor, msg }: JsonObject): JsonObject | null {
  if (!isObject(heartbeat) || heartbeat['status'] === undefined) return null;
  const about = isObject(monitor) ? monitor : {};
  const id =
    looseText(heartbeat['monitorID']) ?? looseText(heartbeat['monitor_id']) ?? looseText(about['id']);
  const name = looseText(about['name']);
  const key = id ?? name;
  const said = looseText(heartbeat['msg']);
  const title = [name, said].flatMap((part) => part ?? []).join(': ');
  const url = looseText(about['url']);
  const time = looseText(heartbeat['time']);
  return {
    ...STATUS.get(looseText(heartbeat['status']) ?? ''),
    title: title === '' ? (msg ?? null) : title,
    ...(key === undefined ? {} : { dedupKey: `uptime-kuma/${key}` }),
    ...(looseText(msg) === undefined ? {} : { description: msg ?? null }),
    ...(name === undefined ? {} : { labels: { monitor: name } }),
    // A monitor without an address has `https://` alone.
    ...(url === undefined || !/^https?:\/\/./.test(url) ? {} : { links: [{ title: name ?? url, url }] }),
    // Kuma sends UTC without a zone.
    ...(time === undefined
      ? {}
      : { occurredAt: /^[\d-]+ [\d:.]+$/.test(time) ? `${time.replace(' ', 'T')}Z` : time }),
    client: 'Uptime Kuma',
    heartbeat,
    ...(isObject(monitor) ? { monitor: shownOf(monitor) } : {}),
  };
}

const shownOf = (monitor: JsonObject): JsonObject =>
  Object.fromEntries(
    SHOWN.flatMap((name): [string, Json][] => (name in monitor ? [[name, monitor[name] ?? null]] : [])),
  );
