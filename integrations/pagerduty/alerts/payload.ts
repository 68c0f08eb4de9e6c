/** `payload` of a PagerDuty event. Only its summary is required enough to need a replacement. */
import { capDetail } from '../../../domain/alert/cap-detail.js';
import type { ReadSignal } from '../../../domain/alert/complete-signal.js';
import { SEVERITIES } from '../../../domain/alert/severity.js';
import type { Json, SignalAction } from '../../../domain/alert/signal.js';
import {
  cutText,
  DESCRIPTION_MAX,
  GROUP_KEY_MAX,
  labelsFrom,
  titleFrom,
} from '../../../domain/alert/signal-limits.js';
import { ErrorList, type JsonObject, looseText, textField } from '../../shared/alerts/fields.js';
import { isObject } from '../../../domain/shared/is-object.js';
import { missing, readTimestamp } from './event-fields.js';

/** A scalar of `custom_details` up to this length also becomes a label, so that routes can use it. */
const LABEL_FROM_DETAILS_MAX = 255;
const ORIGIN = ['source', 'component', 'group', 'class'];
const known = new Set([...ORIGIN, 'summary', 'severity', 'timestamp', 'custom_details']);
const knownOfEvent = new Set(
  'routing_key event_action dedup_key payload links images client client_url'.split(' '),
);

type Payload = Pick<
  ReadSignal,
  'title' | 'severity' | 'description' | 'labels' | 'groupKey' | 'occurredAt' | 'detail' | 'lacksSource'
>;

/** A sender that omits the envelope has the fields beside it; a sender of a plain text means the summary. */
export function payloadOf(event: JsonObject): JsonObject {
  const given = event['payload'];
  if (isObject(given)) return given;
  const text = looseText(given);
  return text === undefined ? event : { summary: text };
}

/**
 * `title` is empty when nothing replaces the summary. An acknowledge or resolve needs no payload field and must not fail because
 * of one.
 */
export function readPayload(event: JsonObject, action: SignalAction, errors: ErrorList): Payload {
  const payload = payloadOf(event);
  const about = action === 'trigger' ? errors : new ErrorList();
  const given = event['payload'];
  if (given !== undefined && given !== null && !isObject(given))
    about.add('payload', "'payload' is invalid (should be an object)");
  const title = readTitle(payload, about);
  const lacksSource = !hasText(payload, 'source', about);
  const details = payload['custom_details'] ?? null;
  const description = isObject(details) ? looseText(details['description']) : looseText(details);
  return {
    title,
    severity: readSeverity(payload, about),
    ...(description === undefined ? {} : { description: cutText(description, DESCRIPTION_MAX) }),
    labels: labelsFrom(labelEntries(payload)),
    ...groupKeyOf(payload),
    occurredAt: readTimestamp(payload['timestamp'], 'payload.timestamp', about),
    detail: detailOf(event, payload, details),
    ...(lacksSource ? { lacksSource } : {}),
  };
}

function hasText(payload: JsonObject, name: string, errors: ErrorList): boolean {
  const field = textField(payload[name]);
  if (field.kind === 'text') return true;
  const path = `payload.${name}`;
  errors.add(path, field.kind === 'absent' ? missing(path) : `'${path}' is invalid (should be a string)`);
  return false;
}

function readTitle(payload: JsonObject, errors: ErrorList): string {
  if (hasText(payload, 'summary', errors)) return titleFrom(looseText(payload['summary']) ?? '');
  const [what, where] = [looseText(payload['class']), looseText(payload['component'] ?? payload['source'])];
  return titleFrom([what, where].filter((text) => text !== undefined).join(' on '));
}

/** PagerDuty's four words, in any case. Another product's word may have the opposite meaning, so the source's default applies. */
function readSeverity(payload: JsonObject, errors: ErrorList): Payload['severity'] {
  const field = textField(payload['severity']);
  const word = field.kind === 'text' ? field.text.trim().toLowerCase() : '';
  const severity = SEVERITIES.find((one) => one === word);
  if (severity !== undefined) return severity;
  errors.add(
    'payload.severity',
    field.kind === 'absent'
      ? missing('payload.severity')
      : "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
  );
  return null;
}

/** Class and group are how a sender says which events belong together; custom details of these names are not. */
function groupKeyOf(payload: JsonObject): { groupKey?: string } {
  const said = ['class', 'group'].flatMap((name) => {
    const text = looseText(payload[name]);
    return text === undefined ? [] : [`${name}=${text}`];
  });
  return said.length === 0 ? {} : { groupKey: cutText(said.join(' '), GROUP_KEY_MAX) };
}

/** The named fields come first: a detail called `source` must not hide the event's own. */
function* labelEntries(payload: JsonObject): Generator<[string, string]> {
  for (const name of ORIGIN) {
    const text = looseText(payload[name]);
    if (text !== undefined) yield [name, text];
  }
  const details = payload['custom_details'];
  if (!isObject(details)) return;
  for (const [name, value] of Object.entries(details)) {
    const text = looseText(value);
    if (text !== undefined && text.length <= LABEL_FROM_DETAILS_MAX) yield [name, text];
  }
}

/** The custom details unchanged; unknown fields are added beside them. */
function detailOf(event: JsonObject, payload: JsonObject, details: Json): Json {
  const extra = Object.entries(payload === event ? event : { ...event, ...payload }).filter(
    ([name]) => !known.has(name) && !knownOfEvent.has(name),
  );
  if (extra.length === 0) return capDetail(details);
  const own = isObject(details) ? details : details === null ? {} : { custom_details: details };
  return capDetail({ ...Object.fromEntries(extra), ...own });
}
