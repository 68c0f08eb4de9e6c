/** Alertmanager's webhook, version 4, and Grafana's, which has the same shape with version "1" (docs/wire.md §2.4). */
import type { ReadSignal } from '../../../domain/alert/complete-signal.js';
import type { GroupNotice, Json } from '../../../domain/alert/signal.js';
import { cutText, GROUP_KEY_MAX } from '../../../domain/alert/signal-limits.js';
import { truncatedText } from '../../../domain/alert/truncated.js';
import { ErrorList, type JsonObject, looseText, notesOn } from '../../shared/alerts/fields.js';
import { isObject } from '../../../domain/shared/is-object.js';
import {
  type FieldError,
  type ParseContext,
  type ParseOutcome,
  refusedFields,
  type SourceFormat,
} from '../../shared/alerts/format.js';
import { isGrafanaLegacy } from '../../generic/alerts/grafana-legacy.js';
import { readAlert as readGenericAlert } from '../../generic/alerts/read-alert.js';
import { readAlertJson } from '../../../shared/json/json.js';
import { bodyTooLarge, invalidBody, notStored, unknownKey } from '../../shared/alerts/problem.js';
import { readAlert } from './read-alert.js';

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

function webhook(name: string, client: string): SourceFormat {
  return {
    name,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    parse(raw, headers, context) {
      const json = readAlertJson(raw, headers);
      if (json.kind === 'rejected') return json;
      const { value, notes } = json;
      // Grafana before 9 sends one rule, in a shape of its own.
      if (isObject(value) && isGrafanaLegacy(value)) return readLegacy(value, notes, context);
      const about = { client, notes, now: context.now };
      if (Array.isArray(value)) return readNotification({ alerts: value }, { ...about, list: '' });
      if (isObject(value))
        return readNotification(value, { ...about, list: Array.isArray(value['alerts']) ? 'alerts' : null });
      const message = 'must be an object with an array "alerts", as the webhook receiver sends it';
      return { kind: 'rejected', errors: [{ path: 'body', message }] };
    },
    accepted: (signals, about = {}) => ({
      status: 202,
      body: {
        status: 'accepted',
        alerts: signals.length,
        ...(about.group === undefined || about.group.truncated === 0
          ? {}
          : { truncated: about.group.truncated, note: truncatedText(about.group.truncated) }),
        ...refusedFields(about),
      },
    }),
    rejected: invalidBody,
    tooLarge: () => bodyTooLarge(BODY_LIMIT_BYTES),
    badKey: unknownKey,
    unavailable: notStored,
  };
}

export const alertmanager = webhook('alertmanager', 'Alertmanager');
export const grafana = webhook('grafana', 'Grafana');

function readLegacy(body: JsonObject, notes: readonly FieldError[], context: ParseContext): ParseOutcome {
  const errors = new ErrorList();
  errors.addEach(notes);
  const signal = readGenericAlert(body, errors, context);
  return signal === null
    ? { kind: 'rejected', errors: errors.list() }
    : { kind: 'signals', signals: [signal] };
}

interface About extends Pick<ParseContext, 'now'> {
  client: string;
  notes: readonly FieldError[];
  /** Path of the list of alerts; null when the body is one alert. */
  list: string | null;
}

function readNotification(body: JsonObject, { client, now, notes, list }: About): ParseOutcome {
  const groupKey = looseText(body['groupKey']);
  const about = readGroup(body, groupKey);
  const alerts = alertsOf(body);
  if (alerts.length === 0 && about.group?.isOver !== true) {
    const message =
      body['alerts'] === undefined
        ? 'is missing; must be an array of alerts'
        : 'must be an array with at least one alert';
    return { kind: 'rejected', errors: [{ path: 'alerts', message }] };
  }
  const notification = {
    now,
    status: body['status'],
    groupKey,
    receiver: looseText(body['receiver']),
    externalURL: looseText(body['externalURL']),
    client,
  };
  const refused = new ErrorList();
  const signals: ReadSignal[] = [];
  for (const [index, alert] of alerts.entries()) {
    const errors = new ErrorList();
    errors.addEach(list === null ? notes : notesOn(notes, list, index));
    const signal = readAlert(alert, notification, errors);
    if (signal === null) refused.addAll(errors.list(), `alerts[${index}]`);
    else signals.push(signal);
  }
  if (signals.length === 0 && alerts.length > 0) return { kind: 'rejected', errors: refused.list() };
  return { kind: 'signals', signals, refused: refused.list(), ...about };
}

/** `max_alerts` truncates a notification: the group's status covers the alerts that were cut. */
function readGroup(body: JsonObject, key: string | undefined): { group?: GroupNotice } {
  const cut = Number(body['truncatedAlerts'] ?? 0);
  const truncated = Number.isSafeInteger(cut) && cut > 0 ? cut : 0;
  const isOver = body['status'] === 'resolved' && key !== undefined;
  if (truncated === 0 && !isOver) return {};
  return { group: { key: cutText(key ?? '', GROUP_KEY_MAX), isOver, truncated } };
}

/** A body that is itself one alert comes from a user's template. */
function alertsOf(body: JsonObject): Json[] {
  const { alerts } = body;
  if (Array.isArray(alerts)) return alerts;
  if (isObject(alerts)) return [alerts];
  return alerts === undefined && isObject(body['labels']) ? [body] : [];
}
