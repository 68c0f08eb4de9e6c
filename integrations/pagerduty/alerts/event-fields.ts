/** Routing key, dedup key, time, links and images of a PagerDuty event, with PagerDuty's error messages. */
import type { Json, SignalAction, SignalLink } from '../../../domain/alert/signal.js';
import { DEDUP_KEY_MAX, linksFrom } from '../../../domain/alert/signal-limits.js';
import { dedupKeyFrom } from '../../shared/alerts/dedup-key.js';
import { parseTimestamp } from '../../../domain/alert/timestamp.js';
import { type ErrorList, type JsonObject, looseText, textField } from '../../shared/alerts/fields.js';
import { isObject } from '../../../domain/shared/is-object.js';
import type { ParseContext } from '../../shared/alerts/format.js';

const ROUTING_KEY_LENGTH = 32;

export const missing = (path: string): string => `'${path}' is missing or blank`;

/** The routing key, or undefined when the path contains one or the field is invalid (then reported in `errors`). */
export function readRoutingKey(
  event: JsonObject,
  errors: ErrorList,
  context: ParseContext,
): string | undefined {
  if (context.keyInPath === true) return undefined;
  const key = event['routing_key'];
  if (key === undefined || key === null || key === '') errors.refuse('routing_key', missing('routing_key'));
  else if (typeof key !== 'string')
    errors.refuse('routing_key', "'routing_key' is invalid (should be a string)");
  else if (key.length === ROUTING_KEY_LENGTH) return key;
  else errors.refuse('routing_key', "Length of 'routing_key' is incorrect (should be 32 characters)");
  return undefined;
}

/** A trigger without one gets a new key, which the response contains. */
export function readDedupKey(
  event: JsonObject,
  action: SignalAction,
  errors: ErrorList,
  context: ParseContext,
): string {
  const field = textField(event['dedup_key']);
  if (field.kind === 'text') {
    if (field.text.length > DEDUP_KEY_MAX)
      errors.add(
        'dedup_key',
        `Length of 'dedup_key' is incorrect (should be at most ${DEDUP_KEY_MAX} characters)`,
      );
    return dedupKeyFrom(field.text);
  }
  const isWrong = field.kind === 'wrong';
  const message = isWrong ? "'dedup_key' is invalid (should be a string)" : missing('dedup_key');
  if (action !== 'trigger') errors.refuseQuietly('dedup_key', message);
  else if (isWrong) errors.add('dedup_key', message);
  return context.newKey();
}

/** ISO 8601 in UTC; null when missing. */
export function readTimestamp(value: Json | undefined, path: string, errors: ErrorList): string | null {
  const field = textField(value);
  if (field.kind === 'absent') return null;
  const instant = field.kind === 'text' ? parseTimestamp(field.text) : null;
  if (instant === null) {
    errors.add(
      path,
      `'${path}' is invalid (should be an ISO 8601 date-time such as 2026-11-22T22:10:00.000+0000)`,
    );
  }
  return instant;
}

/** `links[]`, `images[]` and `client_url` as links. Blank and invalid ones are dropped. */
export function readLinks(event: JsonObject, errors: ErrorList): SignalLink[] {
  const candidates: { title: string; url: string | undefined }[] = [
    { title: looseText(event['client']) ?? 'Client', url: looseText(event['client_url']) },
  ];
  for (const { object, path } of objectsIn(event, 'links', errors))
    candidates.push({
      title: looseText(object['text']) ?? '',
      url: address(object['href'], `${path}.href`, errors),
    });
  for (const { object, path } of objectsIn(event, 'images', errors))
    candidates.push({
      title: looseText(object['alt']) ?? 'Image',
      url: address(object['src'], `${path}.src`, errors),
    });
  return linksFrom(candidates);
}

function address(value: Json | undefined, path: string, errors: ErrorList): string | undefined {
  const field = textField(value);
  if (field.kind === 'absent') errors.add(path, missing(path));
  else if (field.kind === 'wrong') errors.add(path, `'${path}' is invalid (should be a string)`);
  else if (linksFrom([{ title: '', url: field.text }]).length > 0) return field.text;
  else errors.add(path, `'${path}' is invalid (should be an http or https address)`);
  return undefined;
}

function* objectsIn(
  event: JsonObject,
  name: string,
  errors: ErrorList,
): Generator<{ object: JsonObject; path: string }> {
  const list = event[name] ?? [];
  if (!Array.isArray(list)) {
    errors.add(name, `'${name}' is invalid (should be an array)`);
    return;
  }
  for (const [index, object] of list.entries()) {
    const path = `${name}[${index}]`;
    if (isObject(object)) yield { object, path };
    else errors.add(path, `'${path}' is invalid (should be an object)`);
  }
}
