/**
 * Apprise (`json://`) sends `{version, title, message, attachments, type}`: the type is the severity, or `success` for a resolve.
 */
import type { Severity } from '../../../domain/config/terms.js';
import type { SignalAction } from '../../../domain/alert/signal.js';
import { type JsonObject, looseText } from '../../shared/alerts/fields.js';

interface AppriseMeaning {
  action: SignalAction;
  severity: Severity;
}

const types: ReadonlyMap<string, AppriseMeaning> = new Map([
  ['failure', { action: 'trigger', severity: 'critical' }],
  ['warning', { action: 'trigger', severity: 'warning' }],
  ['info', { action: 'trigger', severity: 'info' }],
  ['success', { action: 'resolve', severity: 'info' }],
]);

/** Null for anything else. Apprise alerts are identified by their title, so that a success ends the failure of the same title. */
export function readApprise(alert: JsonObject): AppriseMeaning | null {
  return types.get(looseText(alert['type'])?.trim().toLowerCase() ?? '') ?? null;
}
