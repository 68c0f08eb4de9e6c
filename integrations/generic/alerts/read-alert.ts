/** Reads one alert of the generic JSON format (docs/sources/generic.md). Names are accepted in camelCase and snake_case. */
import { capDetail } from '../../../domain/alert/cap-detail.js';
import type { ReadSignal } from '../../../domain/alert/complete-signal.js';
import { severityFrom } from '../../../domain/alert/severity.js';
import type { Json, SignalAction } from '../../../domain/alert/signal.js';
import {
  cutText,
  DEDUP_KEY_MAX,
  DESCRIPTION_MAX,
  labelsFrom,
  linksFrom,
  titleFrom,
} from '../../../domain/alert/signal-limits.js';
import { parseTimestamp } from '../../../domain/alert/timestamp.js';
import {
  type ErrorList,
  type JsonObject,
  looseText,
  quoted,
  type TextField,
  textField,
} from '../../shared/alerts/fields.js';
import { dedupKeyFrom } from '../../shared/alerts/dedup-key.js';
import { isObject } from '../../../domain/shared/is-object.js';
import type { ParseContext } from '../../shared/alerts/format.js';
import { readApprise } from './apprise.js';
import { fromGrafanaLegacy } from './grafana-legacy.js';
import { fromUptimeKuma } from './uptime-kuma.js';

const actionWords: ReadonlyMap<string, SignalAction> = new Map(
  Object.entries({
    trigger: 'trigger triggered firing alerting problem open down failed failure',
    resolve: 'resolve resolved ok up recovery recovered closed normal cleared success',
    acknowledge: 'acknowledge acknowledged',
  }).flatMap(([action, words]) => words.split(' ').map((word) => [word, action as SignalAction] as const)),
);

/** Words for the end of a condition that senders use as a state or severity. Only words that can mean nothing else. */
const overWords = new Set('ok okay up normal clear cleared resolved recovered recovery healthy'.split(' '));

const known = new Set(
  'title severity status action dedupKey dedup_key alert_uid description labels links occurredAt occurred_at client'.split(
    ' ',
  ),
);
/** Fields that may hold the key, in this order. */
const KEY_FIELDS = ['dedupKey', 'dedup_key', 'alert_uid'];
/** Fields that may replace a title, in this order. */
const INSTEAD_OF_TITLE = ['summary', 'subject', 'name', 'message', 'description', 'text', 'msg'];

/** Null when nothing identifies the condition; `errors` then contains the reason. */
export function readAlert(body: Json, errors: ErrorList, context: ParseContext): ReadSignal | null {
  if (!isObject(body)) {
    errors.refuse('', 'must be an object such as {"title": "Disk full on db-1", "severity": "critical"}');
    return null;
  }
  const alert = fromUptimeKuma(body) ?? fromGrafanaLegacy(body) ?? body;
  const apprise = readApprise(alert);
  const action = readAction(alert, errors) ?? apprise?.action ?? 'trigger';
  const title = readTitle(alert, action, errors);
  const dedupKey = readKey(alert, action, errors, apprise === null ? '' : title.text, context);
  const severity = readSeverity(alert, action, errors);
  const labels = readLabels(alert['labels'], errors);
  const links = readLinks(alert['links'], errors);
  const occurredAt = readTime(alert['occurredAt'] ?? alert['occurred_at'], errors);
  const description = readText(alert, 'description', errors) ?? looseText(alert['message']);
  const client = readText(alert, 'client', errors);
  if (errors.isRefused) return null;
  return {
    action,
    dedupKey,
    title: title.text === '' ? titleFrom(dedupKey) || 'Alert without a title' : title.text,
    severity: severity.isSaid ? severity.value : (apprise?.severity ?? null),
    ...(description === undefined ? {} : { description: cutText(description, DESCRIPTION_MAX) }),
    labels,
    links,
    occurredAt,
    ...(client === undefined ? {} : { client: cutText(client, 255) }),
    detail: restOf(alert),
    notes: errors.notes(),
  };
}

/**
 * `action` (trigger, acknowledge, resolve) or `status` (firing, acknowledged, resolved); null when neither is known. An unknown
 * word is a trigger, because it may be the only report of an outage.
 */
function readAction(alert: JsonObject, errors: ErrorList): SignalAction | null {
  const said = ['action', 'status'].flatMap((name) => {
    const field = textField(alert[name]);
    if (field.kind === 'absent') return [];
    const action = field.kind === 'text' ? actionWords.get(field.text.trim().toLowerCase()) : undefined;
    if (action !== undefined) return [action];
    const right = name === 'action' ? 'trigger, acknowledge or resolve' : 'firing, acknowledged or resolved';
    errors.add(name, `must be ${right}, not ${quoted(alert[name])}`);
    return [];
  });
  const [first = null, second = first] = said;
  if (first !== second) errors.add('status', 'says something else than "action", which counts');
  return first ?? (isSaidToBeOver(alert) ? 'resolve' : null);
}

/** `{"state": "ok"}`, `{"severity": "ok"}` (oncall#2275). A state that means firing takes precedence over the severity. */
function isSaidToBeOver(alert: JsonObject): boolean {
  const [state, severity] = ['state', 'severity'].map((name) => looseText(alert[name])?.trim().toLowerCase());
  if (state !== undefined && overWords.has(state)) return true;
  const isFiring = state !== undefined && actionWords.get(state) === 'trigger';
  return !isFiring && severity !== undefined && overWords.has(severity);
}

/** `named`: the identity of an alert without a key; empty when each one is separate. */
function readKey(
  alert: JsonObject,
  action: SignalAction,
  errors: ErrorList,
  named: string,
  context: ParseContext,
): string {
  const field = keyField(alert);
  if (field.kind === 'text') {
    if (field.text.length > DEDUP_KEY_MAX)
      errors.add(
        'dedupKey',
        `is ${field.text.length} characters long; at most ${DEDUP_KEY_MAX} are possible`,
      );
    return dedupKeyFrom(field.text);
  }
  if (named !== '') return dedupKeyFrom(named);
  if (action !== 'trigger')
    errors.refuseQuietly('dedupKey', `is missing; to ${action} an alert send the dedupKey of its trigger`);
  else if (field.kind === 'wrong') errors.add('dedupKey', 'must be a text');
  return context.newKey();
}

/** The first key field that is present. */
const keyField = (alert: JsonObject): TextField =>
  KEY_FIELDS.map((name) => textField(alert[name])).find(({ kind }) => kind !== 'absent') ?? {
    kind: 'absent',
  };

function readTitle(alert: JsonObject, action: SignalAction, errors: ErrorList): { text: string } {
  const field = textField(alert['title']);
  const title = field.kind === 'text' ? titleFrom(field.text) : '';
  if (title !== '') return { text: title };
  if (field.kind === 'wrong') errors.add('title', 'must be a text');
  for (const name of INSTEAD_OF_TITLE) {
    const text = titleFrom(looseText(alert[name])?.trim().split('\n')[0] ?? '');
    if (text === '') continue;
    if (action === 'trigger' && field.kind !== 'wrong')
      errors.add('title', `is missing or blank; taken from ${name}`);
    return { text };
  }
  if (action !== 'trigger') return { text: '' };
  const message = 'is missing or blank; say in one line what is wrong';
  if (keyField(alert).kind === 'text') errors.add('title', message);
  else errors.refuse('title', message);
  return { text: '' };
}

function readSeverity(
  alert: JsonObject,
  action: SignalAction,
  errors: ErrorList,
): { isSaid: boolean; value: ReadSignal['severity'] } {
  const field = textField(alert['severity']);
  if (field.kind === 'absent') return { isSaid: false, value: null };
  const value = field.kind === 'text' ? severityFrom(field.text) : null;
  if (value === null && action !== 'resolve')
    errors.add('severity', `must be critical, error, warning or info, not ${quoted(alert['severity'])}`);
  return { isSaid: true, value };
}

function readLabels(value: Json | undefined, errors: ErrorList): Record<string, string> {
  if (value !== undefined && value !== null && !isObject(value))
    errors.add('labels', 'must be an object of texts');
  const entries = Object.entries(isObject(value) ? value : {}).flatMap(
    ([name, entry]): [string, string][] => {
      const field = textField(entry);
      if (field.kind === 'wrong') errors.add(`labels.${cutText(name, 60)}`, 'must be a text');
      // Stored as JSON text, because dropping it would lose it.
      return field.kind === 'absent'
        ? []
        : [[name, field.kind === 'text' ? field.text : JSON.stringify(entry)]];
    },
  );
  return labelsFrom(entries);
}

/** `{title?, url*}` or the address alone; one of them or a list. */
function readLinks(value: Json | undefined, errors: ErrorList): ReadSignal['links'] {
  if (textField(value).kind === 'absent') return [];
  const list = Array.isArray(value) ? value : [value];
  const links = list.flatMap((entry, index) => {
    const url = isObject(entry) ? looseText(entry['url']) : looseText(entry);
    const link = linksFrom([{ title: isObject(entry) ? (looseText(entry['title']) ?? '') : '', url }]);
    const where = Array.isArray(value) ? `links[${index}]` : 'links';
    if (link.length === 0)
      errors.add(
        isObject(entry) ? `${where}.url` : where,
        'must be an http or https address of at most 2048 characters',
      );
    return link;
  });
  return linksFrom(links);
}

function readTime(value: Json | undefined, errors: ErrorList): string | null {
  const field = textField(value);
  if (field.kind === 'absent') return null;
  const instant = field.kind === 'text' ? parseTimestamp(field.text) : null;
  if (instant === null)
    errors.add('occurredAt', `must be an ISO 8601 time such as 2026-11-22T22:10:00Z, not ${quoted(value)}`);
  return instant;
}

/** An object or a list is stored as its JSON text. */
function readText(alert: JsonObject, name: string, errors: ErrorList): string | undefined {
  const field = textField(alert[name]);
  if (field.kind !== 'wrong') return field.kind === 'text' ? field.text : undefined;
  errors.add(name, 'must be a text');
  return JSON.stringify(alert[name]);
}

/** Unknown fields are not lost: people see them on the alert. */
function restOf(alert: JsonObject): Json {
  const isDescribed = textField(alert['description']).kind !== 'absent';
  const rest = Object.entries(alert).filter(
    ([name, value]) =>
      !known.has(name) && (name !== 'message' || isDescribed || looseText(value) === undefined),
  );
  return rest.length === 0 ? null : capDetail(Object.fromEntries(rest));
}
