/** Our own JSON: one alert, or an array of up to 1000, in one body. */
import type { AlertSignal } from '../../domain/alert/signal.js';
import { ErrorList } from '../fields.js';
import type { SourceFormat } from '../format.js';
import { readJson } from '../json.js';
import { bodyTooLarge, invalidBody, notStored, tooManyRequests, unknownKey } from '../problem.js';
import { readAlert } from './read-alert.js';

const BODY_LIMIT_BYTES = 256 * 1024;
const MAX_ALERTS = 1000;

export const generic: SourceFormat = {
  name: 'generic',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  parse(raw, headers, context) {
    const json = readJson(raw, headers);
    if (json.kind === 'rejected') return json;
    const errors = new ErrorList();
    const signals: AlertSignal[] = [];
    const isList = Array.isArray(json.value);
    const alerts = Array.isArray(json.value) ? json.value : [json.value];
    if (alerts.length === 0) errors.add('body', 'is an empty array; at least one alert is expected');
    if (alerts.length > MAX_ALERTS)
      errors.add('body', `has ${alerts.length} alerts; at most ${MAX_ALERTS} go into one body`);
    else {
      for (const [index, alert] of alerts.entries()) {
        const signal = readAlert(alert, isList ? `[${index}]` : '', errors, context);
        if (signal !== null) signals.push(signal);
      }
    }
    return errors.isEmpty ? { kind: 'signals', signals } : { kind: 'rejected', errors: errors.list() };
  },
  accepted: (signals) => ({
    status: 202,
    body: { status: 'accepted', alerts: signals.map(({ dedupKey, action }) => ({ dedupKey, action })) },
  }),
  rejected: invalidBody,
  tooLarge: () => bodyTooLarge(BODY_LIMIT_BYTES),
  badKey: unknownKey,
  overLimit: (retryAfterS) => tooManyRequests(429, retryAfterS),
  unavailable: notStored,
};
