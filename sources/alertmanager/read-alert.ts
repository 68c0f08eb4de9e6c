/** One element of `alerts[]` of the webhook, from Alertmanager (version "4") or Grafana (version "1", more fields). */
import { capDetail } from '../../domain/alert/cap-detail.js';
import { DEFAULT_SEVERITY, severityFrom } from '../../domain/alert/severity.js';
import {
  type AlertSignal,
  cutText,
  DEDUP_KEY_MAX,
  DESCRIPTION_MAX,
  GROUP_KEY_MAX,
  type Json,
  labelsFrom,
  linksFrom,
  titleFrom,
} from '../../domain/alert/signal.js';
import { parseTimestamp } from '../../domain/alert/timestamp.js';
import { type ErrorList, isObject, type JsonObject, looseText, quoted, textField } from '../fields.js';
import { fingerprintOf } from './fingerprint.js';

/** What the body says for all of its alerts. */
export interface Notification {
  now: string;
  /** `firing` or `resolved`, for alerts that do not say it themselves. */
  status: Json | undefined;
  groupKey: string | undefined;
  receiver: string | undefined;
  externalURL: string | undefined;
  client: string;
}

/** Alertmanager writes this for "has not ended". */
const ZERO_TIME = '0001-01-01T00:00:00.000Z';

/** Null when something is wrong with it, which is then in `errors` under `path`. */
export function readAlert(
  alert: Json,
  path: string,
  notification: Notification,
  errors: ErrorList,
): AlertSignal | null {
  if (!isObject(alert)) {
    errors.add(path, 'must be an object with status, labels, annotations, startsAt, endsAt');
    return null;
  }
  const status = readStatus(alert['status'] ?? notification.status, `${path}.status`, errors);
  const labels = readPairs(alert['labels'], `${path}.labels`, errors);
  const annotations = new Map(readPairs(alert['annotations'], `${path}.annotations`, errors));
  const startsAt = readTime(alert['startsAt'], `${path}.startsAt`, errors);
  const endsAt = readTime(alert['endsAt'], `${path}.endsAt`, errors);
  const dedupKey = readKey(alert, labels, path, errors);
  if (status === null || dedupKey === null) return null;

  const label = new Map(labels);
  const description = annotations.get('description') ?? annotations.get('message');
  // Kept as a label, so that grouping rules can ask for it.
  const grouped =
    notification.groupKey === undefined ? labels : [...labels, ['group_key', notification.groupKey] as const];
  return {
    action: status === 'firing' ? 'trigger' : 'resolve',
    dedupKey,
    title: titleOf(label, annotations) || dedupKey,
    severity: severityFrom(label.get('severity') ?? '') ?? DEFAULT_SEVERITY,
    ...(description === undefined ? {} : { description: cutText(description, DESCRIPTION_MAX) }),
    labels: labelsFrom(grouped),
    links: linksOf(alert, annotations, notification),
    occurredAt: status === 'firing' ? startsAt : endsAt,
    startedAt: startsAt,
    ...(notification.groupKey === undefined
      ? {}
      : { groupKey: cutText(notification.groupKey, GROUP_KEY_MAX) }),
    resolveAt:
      status === 'firing' && endsAt !== null && Date.parse(endsAt) > Date.parse(notification.now)
        ? endsAt
        : null,
    client: notification.client,
    detail: detailOf(alert, annotations, notification),
  };
}

function readStatus(value: Json | undefined, path: string, errors: ErrorList): 'firing' | 'resolved' | null {
  if (value === 'firing' || value === 'resolved') return value;
  errors.add(
    path,
    value === undefined || value === null
      ? 'is missing; must be firing or resolved'
      : `must be firing or resolved, not ${quoted(value)}`,
  );
  return null;
}

/** Labels or annotations: an object of texts. Missing is the same as empty. */
function readPairs(value: Json | undefined, path: string, errors: ErrorList): [string, string][] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) {
    errors.add(path, 'must be an object of texts');
    return [];
  }
  return Object.entries(value).flatMap(([name, entry]): [string, string][] => {
    const field = textField(entry);
    if (field.kind === 'wrong') errors.add(`${path}.${name.slice(0, 60)}`, 'must be a text');
    // An empty label is a label that is not there: so says Prometheus's data model.
    return field.kind === 'text' ? [[name, field.text]] : [];
  });
}

function readTime(value: Json | undefined, path: string, errors: ErrorList): string | null {
  const field = textField(value);
  if (field.kind === 'absent') return null;
  const instant = field.kind === 'text' ? parseTimestamp(field.text) : null;
  if (instant === null)
    errors.add(path, `must be an RFC 3339 time such as 2026-11-22T22:10:00Z, not ${quoted(value)}`);
  return instant === ZERO_TIME ? null : instant;
}

/** The fingerprint, or the one that Alertmanager would have computed. */
function readKey(
  alert: JsonObject,
  labels: [string, string][],
  path: string,
  errors: ErrorList,
): string | null {
  const field = textField(alert['fingerprint']);
  if (field.kind === 'text' && field.text.length <= DEDUP_KEY_MAX) return field.text;
  if (field.kind !== 'absent') {
    errors.add(`${path}.fingerprint`, `must be a text of at most ${DEDUP_KEY_MAX} characters`);
    return null;
  }
  if (labels.length > 0) return fingerprintOf(labels);
  errors.add(
    path,
    'has neither labels nor a fingerprint, so nothing says which alert it is; send labels with an alertname',
  );
  return null;
}

function titleOf(label: Map<string, string>, annotations: Map<string, string>): string {
  const written = titleFrom(annotations.get('summary') ?? annotations.get('title') ?? '');
  if (written !== '') return written;
  const name = label.get('alertname');
  const instance = label.get('instance');
  if (name === undefined) return titleFrom(instance === undefined ? '' : `Alert on ${instance}`);
  return titleFrom(instance === undefined ? name : `${name} on ${instance}`);
}

function linksOf(
  alert: JsonObject,
  annotations: Map<string, string>,
  { externalURL, client }: Notification,
): AlertSignal['links'] {
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

function detailOf(alert: JsonObject, annotations: Map<string, string>, notification: Notification): Json {
  const detail: Record<string, Json> = { annotations: Object.fromEntries(annotations) };
  for (const name of ['startsAt', 'endsAt', 'ruleUID', 'values', 'valueString', 'orgId']) {
    const value = alert[name];
    if (value !== undefined && value !== null) detail[name] = value;
  }
  if (notification.groupKey !== undefined) detail['groupKey'] = notification.groupKey;
  if (notification.receiver !== undefined) detail['receiver'] = notification.receiver;
  return capDetail(detail);
}
