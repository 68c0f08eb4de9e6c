/** One alert of our own JSON format. Names are accepted in camelCase and snake_case. */
import { capDetail } from '../../domain/alert/cap-detail.js';
import { DEFAULT_SEVERITY, severityFrom } from '../../domain/alert/severity.js';
import {
  type AlertSignal,
  cutText,
  DEDUP_KEY_MAX,
  DESCRIPTION_MAX,
  type Json,
  labelsFrom,
  linksFrom,
  type SignalAction,
  titleFrom,
} from '../../domain/alert/signal.js';
import { parseTimestamp } from '../../domain/alert/timestamp.js';
import { type ErrorList, isObject, type JsonObject, looseText, quoted, textField } from '../fields.js';
import type { ParseContext } from '../format.js';

const actionWords = new Map<string, SignalAction>([
  ['trigger', 'trigger'],
  ['firing', 'trigger'],
  ['resolve', 'resolve'],
  ['resolved', 'resolve'],
  ['acknowledge', 'acknowledge'],
  ['acknowledged', 'acknowledge'],
]);

const known = new Set(
  'title severity status action dedupKey dedup_key description labels links occurredAt occurred_at client'.split(
    ' ',
  ),
);

/** `path` is empty for a body that is one alert. Null when something is wrong, which is then in `errors`. */
export function readAlert(
  alert: Json,
  path: string,
  errors: ErrorList,
  context: ParseContext,
): AlertSignal | null {
  if (!isObject(alert)) {
    errors.add(path, 'must be an object such as {"title": "Disk full on db-1", "severity": "critical"}');
    return null;
  }
  const before = errors.count;
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const action = readAction(alert, at, errors);
  const dedupKey = readKey(alert, action, at, errors, context);
  const title = readTitle(alert, action, at, errors);
  const severity = readSeverity(alert, at, errors);
  const labels = readLabels(alert['labels'], at('labels'), errors);
  const links = readLinks(alert['links'], at('links'), errors);
  const occurredAt = readTime(alert['occurredAt'] ?? alert['occurred_at'], at('occurredAt'), errors);
  const description = optionalText(alert, 'description', at, errors);
  const client = optionalText(alert, 'client', at, errors);
  if (errors.count > before) return null;
  return {
    action,
    dedupKey,
    title: title === '' ? dedupKey : title,
    severity,
    ...(description === undefined ? {} : { description: cutText(description, DESCRIPTION_MAX) }),
    labels,
    links,
    occurredAt,
    ...(client === undefined ? {} : { client: cutText(client, 255) }),
    detail: restOf(alert),
  };
}

type At = (name: string) => string;

/** `action` (trigger, acknowledge, resolve) or `status` (firing, acknowledged, resolved); neither: a trigger. */
function readAction(alert: JsonObject, at: At, errors: ErrorList): SignalAction {
  const said = ['action', 'status'].flatMap((name) => {
    const field = textField(alert[name]);
    if (field.kind === 'absent') return [];
    const action = field.kind === 'text' ? actionWords.get(field.text.trim().toLowerCase()) : undefined;
    if (action !== undefined) return [action];
    const right = name === 'action' ? 'trigger, acknowledge or resolve' : 'firing, acknowledged or resolved';
    errors.add(at(name), `must be ${right}, not ${quoted(alert[name])}`);
    return [];
  });
  const [first = 'trigger', second = first] = said;
  if (first !== second) errors.add(at('status'), 'says something else than "action"; send one of the two');
  return first;
}

function readKey(
  alert: JsonObject,
  action: SignalAction,
  at: At,
  errors: ErrorList,
  context: ParseContext,
): string {
  const field = textField(alert['dedupKey'] ?? alert['dedup_key']);
  if (field.kind === 'wrong') errors.add(at('dedupKey'), 'must be a text');
  else if (field.kind === 'text' && field.text.length > DEDUP_KEY_MAX) {
    errors.add(
      at('dedupKey'),
      `is ${field.text.length} characters long; at most ${DEDUP_KEY_MAX} are possible`,
    );
  } else if (field.kind === 'text') return field.text;
  else if (action === 'trigger') return context.newKey();
  else errors.add(at('dedupKey'), `is missing; to ${action} an alert send the dedupKey of its trigger`);
  return '';
}

function readTitle(alert: JsonObject, action: SignalAction, at: At, errors: ErrorList): string {
  const field = textField(alert['title']);
  if (field.kind === 'wrong') errors.add(at('title'), 'must be a text');
  const title = field.kind === 'text' ? titleFrom(field.text) : '';
  if (title === '' && field.kind !== 'wrong' && action === 'trigger') {
    errors.add(at('title'), 'is missing or blank; say in one line what is wrong');
  }
  return title;
}

function readSeverity(alert: JsonObject, at: At, errors: ErrorList): AlertSignal['severity'] {
  const field = textField(alert['severity']);
  if (field.kind === 'absent') return DEFAULT_SEVERITY;
  const severity = field.kind === 'text' ? severityFrom(field.text) : null;
  if (severity === null)
    errors.add(at('severity'), `must be critical, error, warning or info, not ${quoted(alert['severity'])}`);
  return severity ?? DEFAULT_SEVERITY;
}

function readLabels(value: Json | undefined, path: string, errors: ErrorList): Record<string, string> {
  if (value !== undefined && value !== null && !isObject(value))
    errors.add(path, 'must be an object of texts');
  const entries = Object.entries(isObject(value) ? value : {}).flatMap(
    ([name, entry]): [string, string][] => {
      const field = textField(entry);
      if (field.kind === 'wrong') errors.add(`${path}.${name.slice(0, 60)}`, 'must be a text');
      return field.kind === 'text' ? [[name, field.text]] : [];
    },
  );
  return labelsFrom(entries);
}

/** `{title?, url*}` or the address alone. */
function readLinks(value: Json | undefined, path: string, errors: ErrorList): AlertSignal['links'] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    errors.add(path, 'must be an array of {"title": …, "url": …}');
    return [];
  }
  const links = value.flatMap((entry, index) => {
    const url = isObject(entry) ? looseText(entry['url']) : looseText(entry);
    const link = linksFrom([{ title: isObject(entry) ? (looseText(entry['title']) ?? '') : '', url }]);
    const where = isObject(entry) ? `${path}[${index}].url` : `${path}[${index}]`;
    if (link.length === 0) errors.add(where, 'must be an http or https address of at most 2048 characters');
    return link;
  });
  return linksFrom(links);
}

function readTime(value: Json | undefined, path: string, errors: ErrorList): string | null {
  const field = textField(value);
  if (field.kind === 'absent') return null;
  const instant = field.kind === 'text' ? parseTimestamp(field.text) : null;
  if (instant === null)
    errors.add(path, `must be an ISO 8601 time such as 2026-11-22T22:10:00Z, not ${quoted(value)}`);
  return instant;
}

function optionalText(alert: JsonObject, name: string, at: At, errors: ErrorList): string | undefined {
  const field = textField(alert[name]);
  if (field.kind === 'wrong') errors.add(at(name), 'must be a text');
  return field.kind === 'text' ? field.text : undefined;
}

/** Fields we do not know are not lost: people see them on the alert. */
function restOf(alert: JsonObject): Json {
  const rest = Object.entries(alert).filter(([name]) => !known.has(name));
  return rest.length === 0 ? null : capDetail(Object.fromEntries(rest));
}
