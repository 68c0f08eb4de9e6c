/** What `/v2/enqueue` and `/v2/change/enqueue` share: the key, the texts, links and images, in PagerDuty's wording. */
import { type Json, linksFrom, type SignalLink } from '../../domain/alert/signal.js';
import { parseTimestamp } from '../../domain/alert/timestamp.js';
import { type ErrorList, isObject, type JsonObject, looseText, textField } from '../fields.js';
import type { ParseContext } from '../format.js';

const ROUTING_KEY_LENGTH = 32;

export const missing = (path: string): string => `'${path}' is missing or blank`;

/** The routing key, or undefined where the path carries one or the field is wrong (which is then in `errors`). */
export function readRoutingKey(
  event: JsonObject,
  errors: ErrorList,
  context: ParseContext,
): string | undefined {
  if (context.keyInPath === true) return undefined;
  const key = event['routing_key'];
  if (key === undefined || key === null || key === '') errors.add('routing_key', missing('routing_key'));
  else if (typeof key !== 'string')
    errors.add('routing_key', "'routing_key' is invalid (should be a string)");
  else if (key.length === ROUTING_KEY_LENGTH) return key;
  else errors.add('routing_key', "Length of 'routing_key' is incorrect (should be 32 characters)");
  return undefined;
}

export function requiredText(value: Json | undefined, path: string, errors: ErrorList): string {
  const field = textField(value);
  if (field.kind === 'text') return field.text;
  errors.add(path, field.kind === 'absent' ? missing(path) : `'${path}' is invalid (should be a string)`);
  return '';
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

/** `links[]` and `images[]` and `client_url` as links. An address that is not http(s) is left out: nobody could follow it. */
export function readLinks(event: JsonObject, errors: ErrorList): SignalLink[] {
  const candidates: { title: string; url: string | undefined }[] = [
    { title: looseText(event['client']) ?? 'Client', url: looseText(event['client_url']) },
  ];
  for (const { object, path } of objectsIn(event, 'links', errors)) {
    const url = requiredText(object['href'], `${path}.href`, errors);
    candidates.push({ title: looseText(object['text']) ?? '', url });
  }
  for (const { object, path } of objectsIn(event, 'images', errors)) {
    const url = requiredText(object['src'], `${path}.src`, errors);
    candidates.push({ title: looseText(object['alt']) ?? 'Image', url });
  }
  return linksFrom(candidates);
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
