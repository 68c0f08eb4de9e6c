/** Collects the webhook alert's fields that have no field of their own, so that none is lost. */
import { capDetail } from '../../../domain/alert/cap-detail.js';
import type { Json } from '../../../domain/alert/signal.js';
import { cutText, GROUP_KEY_MAX } from '../../../domain/alert/signal-limits.js';
import type { JsonObject } from '../../shared/alerts/fields.js';

const placed = new Set(
  'status labels annotations fingerprint dashboardURL panelURL generatorURL silenceURL imageURL'.split(' '),
);

export function detailOf(
  alert: JsonObject,
  annotations: ReadonlyMap<string, string>,
  { groupKey, receiver }: { groupKey: string | undefined; receiver: string | undefined },
): Json {
  const detail: Record<string, Json> = { annotations: Object.fromEntries(annotations) };
  for (const [name, value] of Object.entries(alert)) {
    if (!placed.has(name) && value !== null && value !== '') detail[name] = value;
  }
  // The body has these once for all its alerts; each alert stores them.
  if (groupKey !== undefined) detail['groupKey'] = cutText(groupKey, GROUP_KEY_MAX);
  if (receiver !== undefined) detail['receiver'] = cutText(receiver, GROUP_KEY_MAX);
  return capDetail(detail);
}
