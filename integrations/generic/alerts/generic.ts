/** Tocsin's own JSON format: one alert, or an array of up to 1000, in one body. */
import type { ReadSignal } from '../../../domain/alert/complete-signal.js';
import type { Json } from '../../../domain/alert/signal.js';
import { ErrorList, notesOn } from '../../shared/alerts/fields.js';
import { type FieldError, refusedFields, type SourceFormat } from '../../shared/alerts/format.js';
import { readAlertJson } from '../../../shared/json/json.js';
import { bodyTooLarge, invalidBody, notStored, unknownKey } from '../../shared/alerts/problem.js';
import { readAlert } from './read-alert.js';

const BODY_LIMIT_BYTES = 256 * 1024;
const MAX_ALERTS = 1000;

export const generic: SourceFormat = {
  name: 'generic',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  parse(raw, headers, context) {
    const json = readAlertJson(raw, headers);
    if (json.kind === 'rejected') return json;
    const isList = Array.isArray(json.value);
    const alerts = Array.isArray(json.value) ? json.value : [json.value];
    if (alerts.length === 0) return refuse('is an empty array; at least one alert is expected');
    if (alerts.length > MAX_ALERTS)
      return refuse(`has ${alerts.length} alerts; at most ${MAX_ALERTS} go into one body`);
    const refused = new ErrorList();
    const signals: ReadSignal[] = [];
    for (const [index, alert] of alerts.entries()) {
      const errors = new ErrorList();
      errors.addEach(isList ? notesOn(json.notes, '', index) : json.notes);
      const signal = readAlert(alert, errors, context);
      if (signal === null) refused.addAll(errors.list(), isList ? `[${index}]` : '');
      else signals.push(signal);
    }
    if (signals.length === 0) return { kind: 'rejected', errors: refused.list() };
    return { kind: 'signals', signals, refused: refused.list() };
  },
  accepted: (signals, about = {}) => ({
    status: 202,
    body: {
      status: 'accepted',
      alerts: signals.map(({ dedupKey, action, notes }): Json => ({
        dedupKey,
        action,
        ...(notes === undefined ? {} : { notes }),
      })),
      ...refusedFields(about),
    },
  }),
  rejected: invalidBody,
  tooLarge: () => bodyTooLarge(BODY_LIMIT_BYTES),
  badKey: unknownKey,
  unavailable: notStored,
};

const refuse = (message: string): { kind: 'rejected'; errors: FieldError[] } => ({
  kind: 'rejected',
  errors: [{ path: 'body', message }],
});
