/** `POST /v2/enqueue`: one event, one signal (wire formats, PagerDuty Events v2). */
import type { Severity } from '../../domain/config/specs.js';
import { capDetail } from '../../domain/alert/cap-detail.js';
import { SEVERITIES } from '../../domain/alert/severity.js';
import {
  type AlertSignal,
  cutText,
  DEDUP_KEY_MAX,
  labelsFrom,
  type SignalAction,
  titleFrom,
} from '../../domain/alert/signal.js';
import { ErrorList, isObject, type JsonObject, looseText, textField } from '../fields.js';
import type { ParseContext, ParseOutcome, SourceFormat } from '../format.js';
import { readJson } from '../json.js';
import { missing, readLinks, readRoutingKey, readTimestamp, requiredText } from './fields.js';
import { replies } from './replies.js';

const ACTIONS: readonly SignalAction[] = ['trigger', 'acknowledge', 'resolve'];
/** A scalar of `custom_details` up to this length becomes a label as well, so that routes can ask for it. */
const LABEL_FROM_DETAILS_MAX = 255;

export const pagerdutyV2: SourceFormat = {
  name: 'pagerduty-v2',
  ...replies,
  parse(raw, headers, context) {
    const json = readJson(raw, headers);
    if (json.kind === 'rejected') return json;
    if (isObject(json.value)) return readEvent(json.value, context);
    return { kind: 'rejected', errors: [{ path: 'body', message: 'Event is not a JSON object' }] };
  },
};

function readEvent(event: JsonObject, context: ParseContext): ParseOutcome {
  const errors = new ErrorList();
  const credential = readRoutingKey(event, errors, context);
  const action = readAction(event, errors);
  const dedupKey = readDedupKey(event, action, errors, context);
  const links = readLinks(event, errors);
  const payload = readPayload(event, action, errors);
  if (!errors.isEmpty || action === null) return { kind: 'rejected', errors: errors.list() };
  const client = looseText(event['client']);
  const signal: AlertSignal = {
    action,
    dedupKey,
    ...payload,
    title: payload.title === '' ? dedupKey : payload.title,
    links,
    ...(client === undefined ? {} : { client: cutText(client, 255) }),
  };
  return { kind: 'signals', signals: [signal], ...(credential === undefined ? {} : { credential }) };
}

function readAction(event: JsonObject, errors: ErrorList): SignalAction | null {
  const field = textField(event['event_action']);
  const action = ACTIONS.find((known) => field.kind === 'text' && known === field.text);
  if (action !== undefined) return action;
  errors.add(
    'event_action',
    field.kind === 'absent'
      ? missing('event_action')
      : "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
  );
  return null;
}

/** A trigger without one gets a new key, which the answer tells. */
function readDedupKey(
  event: JsonObject,
  action: SignalAction | null,
  errors: ErrorList,
  context: ParseContext,
): string {
  const field = textField(event['dedup_key']);
  if (field.kind === 'wrong') errors.add('dedup_key', "'dedup_key' is invalid (should be a string)");
  else if (field.kind === 'absent') {
    if (action === 'trigger') return context.newKey();
    if (action !== null) errors.add('dedup_key', missing('dedup_key'));
  } else if (field.text.length > DEDUP_KEY_MAX) {
    errors.add('dedup_key', "Length of 'dedup_key' is incorrect (should be at most 255 characters)");
  } else return field.text;
  return '';
}

type Payload = Pick<AlertSignal, 'title' | 'severity' | 'labels' | 'occurredAt' | 'detail'>;

/** Its fields are checked unless the event is an acknowledge or resolve, which needs none and must not fail for one. */
function readPayload(event: JsonObject, action: SignalAction | null, errors: ErrorList): Payload {
  const given = event['payload'];
  const payload: JsonObject = isObject(given) ? given : {};
  const isNeeded = action === 'trigger' || (action === null && isObject(given));
  if (!isNeeded) return looseResult(payload);
  if (given !== undefined && given !== null && !isObject(given)) {
    errors.add('payload', "'payload' is invalid (should be an object)");
    return looseResult(payload);
  }
  const title = titleFrom(requiredText(payload['summary'], 'payload.summary', errors));
  requiredText(payload['source'], 'payload.source', errors);
  const severity = readSeverity(payload, errors);
  const occurredAt = readTimestamp(payload['timestamp'], 'payload.timestamp', errors);
  return { ...looseResult(payload), title, severity, occurredAt };
}

function readSeverity(payload: JsonObject, errors: ErrorList): Severity {
  const field = textField(payload['severity']);
  const severity = SEVERITIES.find((known) => field.kind === 'text' && known === field.text.toLowerCase());
  if (severity !== undefined) return severity;
  errors.add(
    'payload.severity',
    field.kind === 'absent'
      ? missing('payload.severity')
      : "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
  );
  return 'info';
}

function looseResult(payload: JsonObject): Payload {
  const details = payload['custom_details'] ?? null;
  const severity = SEVERITIES.find((known) => known === payload['severity']) ?? 'info';
  return {
    title: titleFrom(looseText(payload['summary']) ?? ''),
    severity,
    labels: labelsFrom(labelEntries(payload)),
    occurredAt: readTimestamp(payload['timestamp'], 'payload.timestamp', new ErrorList()),
    detail: capDetail(details),
  };
}

/** The named fields first: a detail called `source` does not hide the event's own. */
function* labelEntries(payload: JsonObject): Generator<[string, string]> {
  for (const name of ['source', 'component', 'group', 'class']) {
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
