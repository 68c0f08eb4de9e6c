/** `POST /v2/change/enqueue`: something was changed. Stored beside the alerts, never notifies: it has no signals. */
import { capDetail } from '../../domain/alert/cap-detail.js';
import { titleFrom } from '../../domain/alert/signal.js';
import { ErrorList, isObject, type JsonObject, looseText } from '../fields.js';
import type { ParseContext, ParseOutcome, SourceFormat } from '../format.js';
import { readJson } from '../json.js';
import { readLinks, readRoutingKey, readTimestamp, requiredText } from './fields.js';
import { replies } from './replies.js';

export const pagerdutyV2Change: SourceFormat = {
  name: 'pagerduty-v2-change',
  ...replies,
  accepted: () => ({ status: 202, body: { status: 'success', message: 'Change event processed' } }),
  parse(raw, headers, context) {
    const json = readJson(raw, headers);
    if (json.kind === 'rejected') return json;
    if (isObject(json.value)) return readChange(json.value, context);
    return { kind: 'rejected', errors: [{ path: 'body', message: 'Event is not a JSON object' }] };
  },
};

function readChange(event: JsonObject, context: ParseContext): ParseOutcome {
  const errors = new ErrorList();
  const credential = readRoutingKey(event, errors, context);
  const payload: JsonObject = isObject(event['payload']) ? event['payload'] : {};
  const summary = titleFrom(requiredText(payload['summary'], 'payload.summary', errors));
  const occurredAt = readTimestamp(payload['timestamp'], 'payload.timestamp', errors);
  const links = readLinks(event, errors);
  if (!errors.isEmpty) return { kind: 'rejected', errors: errors.list() };
  const source = looseText(payload['source']) ?? null;
  const change = { summary, source, occurredAt, links, detail: capDetail(payload['custom_details'] ?? null) };
  return { kind: 'signals', signals: [], change, ...(credential === undefined ? {} : { credential }) };
}
