/** Reads one element of the webhook's `alerts[]`, from Alertmanager (version "4") or Grafana (version "1", more fields). */
import type { ReadSignal } from '../../../domain/alert/complete-signal.js';
import { severityFrom } from '../../../domain/alert/severity.js';
import type { Json } from '../../../domain/alert/signal.js';
import {
  cutText,
  DEDUP_KEY_MAX,
  DESCRIPTION_MAX,
  GROUP_KEY_MAX,
  labelsFrom,
  linksFrom,
} from '../../../domain/alert/signal-limits.js';
import { parseTimestamp } from '../../../domain/alert/timestamp.js';
import { type ErrorList, type JsonObject, looseText, quoted, textField } from '../../shared/alerts/fields.js';
import { dedupKeyFrom } from '../../shared/alerts/dedup-key.js';
import { isObject } from '../../../domain/shared/is-object.js';
import { fingerprintOf } from '../../shared/alerts/fingerprint.js';
import { detailOf } from './detail.js';
import { grafanaState } from './grafana-state.js';
import { titleOf } from './title.js';

/** Fields of the body that apply to all of its alerts. */
export interface Notification {
  now: string;
  /** `firing` or `resolved`, for alerts without a status of their own. */
  status: Json | undefined;
  groupKey: string | undefined;
  receiver: string | undefined;
  externalURL: string | undefined;
  client: string;
}

/** Alertmanager's value for "has not ended". */
const ZERO_TIME = '0001-01-01T00:00:00.000Z';

/** Null when nothing identifies the alert; `errors` then contains the reason. */
export function readAlert(alert: Json, notification: Notification, errors: ErrorList): ReadSignal | null {
  if (!isObject(alert)) {
    errors.refuse('', 'must be an object with status, labels, annotations, startsAt, endsAt');
    return null;
  }
  const startsAt = readTime(alert, 'startsAt', errors);
  const endsAt = readTime(alert, 'endsAt', errors);
  const isOver = endsAt !== null && Date.parse(endsAt) <= Date.parse(notification.now);
  const status = readStatus(alert, notification, isOver, errors);
  const labels = readPairs(alert, 'labels', errors);
  const annotations = new Map(readPairs(alert, 'annotations', errors));
  const label = new Map(labels);
  const state = grafanaState(label, annotations);
  const title = titleOf(label, annotations, state);
  const dedupKey = readKey(alert, labels, title, errors);
  const severity = status === 'firing' ? readSeverity(label, errors) : null;
  if (dedupKey === null || errors.isRefused) return null;

  const { groupKey } = notification;
  const description = annotations.get('description') ?? annotations.get('message');
  return {
    action: status === 'firing' ? 'trigger' : 'resolve',
    dedupKey,
    title: title || dedupKey,
    severity,
    ...(description === undefined ? {} : { description: cutText(description, DESCRIPTION_MAX) }),
    // The group comes first: it is stored as a label for rules, and must not be the one over the limit.
    labels: labelsFrom([
      ...(groupKey === undefined ? [] : [['group_key', groupKey] as const]),
      ...(state === null ? [] : [['grafana_state', state] as const]),
      ...labels,
    ]),
    links: linksOf(alert, annotations, notification),
    occurredAt: status === 'firing' ? startsAt : endsAt,
    startedAt: startsAt,
    ...(groupKey === undefined ? {} : { groupKey: cutText(groupKey, GROUP_KEY_MAX) }),
    resolveAt: status === 'firing' && !isOver ? endsAt : null,
    client: notification.client,
    detail: detailOf(alert, annotations, notification),
    notes: errors.notes(),
  };
}

/** The alert's own status, else that of the whole body, else derived from its end: firing, unless it is over. */
function readStatus(
  alert: JsonObject,
  { status }: Notification,
  isOver: boolean,
  errors: ErrorList,
): 'firing' | 'resolved' {
  for (const said of [alert['status'], status]) if (said === 'firing' || said === 'resolved') return said;
  const taken = isOver ? 'resolved' : 'firing';
  const given = alert['status'] ?? status ?? null;
  const what = given === null ? 'is missing; must be' : `is ${quoted(given)}; must be`;
  errors.add('status', `${what} firing or resolved, taken as ${taken}`);
  return taken;
}

/** Labels or annotations: an object of texts. Missing equals empty. */
function readPairs(alert: JsonObject, name: string, errors: ErrorList): [string, string][] {
  const value = alert[name];
  if (value === undefined || value === null) return [];
  if (!isObject(value)) {
    errors.add(name, 'must be an object of texts');
    return [];
  }
  return Object.entries(value).flatMap(([key, entry]): [string, string][] => {
    const field = textField(entry);
    if (field.kind === 'wrong') errors.add(`${name}.${cutText(key, 60)}`, 'must be a text');
    // An empty label equals a missing one (Prometheus's data model).
    if (field.kind === 'absent') return [];
    return [[key, field.kind === 'text' ? field.text : JSON.stringify(entry)]];
  });
}

function readTime(alert: JsonObject, name: string, errors: ErrorList): string | null {
  const field = textField(alert[name]);
  if (field.kind === 'absent') return null;
  const instant = field.kind === 'text' ? parseTimestamp(field.text) : null;
  if (instant === null)
    errors.add(name, `must be an RFC 3339 time such as 2026-11-22T22:10:00Z, not ${quoted(alert[name])}`);
  return instant === ZERO_TIME ? null : instant;
}

/** The fingerprint, or the one that Alertmanager would have computed; without any label the title identifies it. */
function readKey(
  alert: JsonObject,
  labels: [string, string][],
  title: string,
  errors: ErrorList,
): string | null {
  const field = textField(alert['fingerprint']);
  if (field.kind === 'text' && field.text.length <= DEDUP_KEY_MAX) return field.text;
  if (field.kind !== 'absent')
    errors.add('fingerprint', `must be a text of at most ${DEDUP_KEY_MAX} characters`);
  if (field.kind === 'text') return dedupKeyFrom(field.text);
  if (labels.length > 0) return fingerprintOf(labels);
  const message = 'has neither labels nor a fingerprint; send labels with an alertname';
  if (title !== '') {
    errors.add('', `${message}, taken as "${cutText(title, 80)}"`);
    return dedupKeyFrom(title);
  }
  errors.refuse('', `${message}: nothing says which alert it is`);
  return null;
}

function readSeverity(label: Map<string, string>, errors: ErrorList): ReadSignal['severity'] {
  const said = label.get('severity');
  const severity = severityFrom(said ?? '');
  if (severity !== null) return severity;
  errors.add(
    'labels.severity',
    said === undefined ? 'is missing' : `must be critical, error, warning or info, not ${quoted(said)}`,
  );
  return null;
}

function linksOf(
  alert: JsonObject,
  annotations: Map<string, string>,
  { externalURL, client }: Notification,
): ReadSignal['links'] {
  return linksFrom([
    { title: 'Runbook', url: annotations.get('runbook_url') ?? annotations.get('runbook') },
    { title: 'Dashboard', url: annotations.get('dashboard_url') ?? annotations.get('dashboard') },
    { title: 'Dashboard', url: looseText(alert['dashboardURL']) },
    { title: 'Panel', url: looseText(alert['panelURL']) },
    { title: 'Source of the alert', url: looseText(alert['generatorURL']) },
    { title: 'Silence', url: looseText(alert['silenceURL']) },
    { title: 'Image', url: looseText(alert['imageURL']) },
    { title: client, url: externalURL },
  ]);
}
