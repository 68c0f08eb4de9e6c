/** Alertmanager's webhook, version 4, and Grafana's, which has the same shape with version "1" (wire formats, 2.4). */
import { type AlertSignal, cutText, GROUP_KEY_MAX, type GroupNotice } from '../../domain/alert/signal.js';
import { truncatedText } from '../../domain/alert/truncated.js';
import { ErrorList, isObject, type JsonObject, looseText } from '../fields.js';
import type { ParseContext, ParseOutcome, SourceFormat } from '../format.js';
import { readJson } from '../json.js';
import { bodyTooLarge, invalidBody, notStored, tooManyRequests, unknownKey } from '../problem.js';
import { readAlert } from './read-alert.js';

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

function webhook(name: string, client: string): SourceFormat {
  return {
    name,
    bodyLimitBytes: BODY_LIMIT_BYTES,
    parse(raw, headers, context) {
      const json = readJson(raw, headers);
      if (json.kind === 'rejected') return json;
      if (isObject(json.value)) return readNotification(json.value, client, context);
      const message = 'must be an object with an array "alerts", as the webhook receiver sends it';
      return { kind: 'rejected', errors: [{ path: 'body', message }] };
    },
    accepted: (signals, group) => ({
      status: 202,
      body: {
        status: 'accepted',
        alerts: signals.length,
        ...(group === undefined || group.truncated === 0
          ? {}
          : { truncated: group.truncated, note: truncatedText(group.truncated) }),
      },
    }),
    rejected: invalidBody,
    tooLarge: () => bodyTooLarge(BODY_LIMIT_BYTES),
    badKey: unknownKey,
    // Alertmanager retries 5xx only, so 429 would lose the notification.
    overLimit: (retryAfterS) => tooManyRequests(503, retryAfterS),
    unavailable: notStored,
  };
}

export const alertmanager = webhook('alertmanager', 'Alertmanager');
export const grafana = webhook('grafana', 'Grafana');

function readNotification(body: JsonObject, client: string, { now }: ParseContext): ParseOutcome {
  const errors = new ErrorList();
  const alerts = body['alerts'];
  if (!Array.isArray(alerts))
    errors.add(
      'alerts',
      alerts === undefined ? 'is missing; must be an array of alerts' : 'must be an array',
    );
  else if (alerts.length === 0) errors.add('alerts', 'is empty; at least one alert is expected');

  const signals: AlertSignal[] = [];
  const notification = {
    now,
    status: body['status'],
    groupKey: looseText(body['groupKey']),
    receiver: looseText(body['receiver']),
    externalURL: looseText(body['externalURL']),
    client,
  };
  for (const [index, alert] of (Array.isArray(alerts) ? alerts : []).entries()) {
    const signal = readAlert(alert, `alerts[${index}]`, notification, errors);
    if (signal !== null) signals.push(signal);
  }
  if (!errors.isEmpty) return { kind: 'rejected', errors: errors.list() };
  return { kind: 'signals', signals, ...readGroup(body, notification.groupKey) };
}

/** `max_alerts` cuts a notification: the group's own status says what the alerts that were cut cannot. */
function readGroup(body: JsonObject, key: string | undefined): { group?: GroupNotice } {
  const cut = Number(body['truncatedAlerts'] ?? 0);
  const truncated = Number.isSafeInteger(cut) && cut > 0 ? cut : 0;
  const isOver = body['status'] === 'resolved' && key !== undefined;
  if (truncated === 0 && !isOver) return {};
  return { group: { key: cutText(key ?? '', GROUP_KEY_MAX), isOver, truncated } };
}
