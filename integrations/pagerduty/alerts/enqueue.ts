/** `POST /v2/enqueue`: one event, one signal (docs/wire.md §2.1, PagerDuty Events). */
import type { ReadSignal } from '../../../domain/alert/complete-signal.js';
import type { SignalAction } from '../../../domain/alert/signal.js';
import { cutText, titleFrom } from '../../../domain/alert/signal-limits.js';
import { ErrorList, type JsonObject, looseText, textField } from '../../shared/alerts/fields.js';
import { isObject } from '../../../domain/shared/is-object.js';
import type { FieldError, ParseContext, ParseOutcome, SourceFormat } from '../../shared/alerts/format.js';
import { readAlertJson } from '../../../shared/json/json.js';
import { missing, readDedupKey, readLinks, readRoutingKey } from './event-fields.js';
import { payloadOf, readPayload } from './payload.js';
import { replies } from './replies.js';

/** In any case; the words beside PagerDuty's three come from senders that fill a template with their own state. */
const actions: ReadonlyMap<string, SignalAction> = new Map([
  ['trigger', 'trigger'],
  ['triggered', 'trigger'],
  ['acknowledge', 'acknowledge'],
  ['acknowledged', 'acknowledge'],
  ['resolve', 'resolve'],
  ['resolved', 'resolve'],
]);

export const pagerdutyV2: SourceFormat = {
  name: 'pagerduty-v2',
  ...replies,
  parse(raw, headers, context) {
    const json = readAlertJson(raw, headers);
    if (json.kind === 'rejected') return json;
    if (isObject(json.value)) return readEvent(json.value, json.notes, context);
    return { kind: 'rejected', errors: [{ path: 'body', message: 'Event is not a JSON object' }] };
  },
};

function readEvent(event: JsonObject, notes: readonly FieldError[], context: ParseContext): ParseOutcome {
  const errors = new ErrorList();
  errors.addEach(notes);
  const credential = readRoutingKey(event, errors, context);
  const brought = credential === undefined ? {} : { credential };
  const action = readAction(event, errors);
  const dedupKey = readDedupKey(event, action, errors, context);
  const links = readLinks(event, errors);
  const { title, ...payload } = readPayload(event, action, errors);
  if (title === '' && action === 'trigger' && textField(event['dedup_key']).kind !== 'text')
    errors.refuseAll();
  if (errors.isRefused) return { kind: 'rejected', errors: errors.list(), ...brought };
  const client = looseText(event['client']);
  const signal: ReadSignal = {
    action,
    dedupKey,
    ...payload,
    title: title === '' ? titleFrom(dedupKey) || 'Event without a summary' : title,
    links,
    ...(client === undefined ? {} : { client: cutText(client, 255) }),
    notes: errors.notes(),
  };
  return { kind: 'signals', signals: [signal], ...brought };
}

const WRONG_ACTION =
  "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')";

/** An event with a summary and an unknown action is a trigger, because it may be the only report of an outage. */
function readAction(event: JsonObject, errors: ErrorList): SignalAction {
  const field = textField(event['event_action']);
  const action = field.kind === 'text' ? actions.get(field.text.trim().toLowerCase()) : undefined;
  if (action !== undefined) return action;
  const message = field.kind === 'absent' ? missing('event_action') : WRONG_ACTION;
  const payload = payloadOf(event);
  // Uptime Kuma sends "0" for "do nothing".
  const isWord = field.kind !== 'text' || /\p{L}/u.test(field.text);
  if (isWord && looseText(payload['summary']) !== undefined) errors.add('event_action', message);
  else errors.refuse('event_action', message);
  return 'trigger';
}
