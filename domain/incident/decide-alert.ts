/** What an alert that joins or closes means for its incident. Dedup and grouping were decided before (domain/alert). */
import { type AlertCommand, accepted, type Decision } from './commands.js';
import type { IncidentState } from './state.js';

export function decideAlert(state: IncidentState, command: AlertCommand): Decision {
  const { alert, title } = command;
  if (command.type === 'join_alert') {
    const joined = { kind: 'alert_joined', data: { alert, title, severity: command.severity } } as const;
    // A condition that comes back within the reopen window is the same incident again.
    return state.status === 'resolved' || state.status === 'closed'
      ? accepted(joined, { kind: 'reopened', data: { reason: `${title} fired again` } })
      : accepted(joined);
  }
  const closed = { kind: 'alert_closed', data: { alert, title } } as const;
  if (state.alertsOpen > 1) return accepted(closed);
  if (state.status === 'triggered') {
    return accepted(closed, { kind: 'resolved', data: { comment: null, because: 'alerts_closed' } });
  }
  if (state.status === 'acknowledged') {
    return accepted(closed, {
      kind: 'resolution_proposed',
      data: {
        reason: `all alerts have closed; ${state.acknowledgedBy ?? 'somebody'} acknowledged, so a person resolves`,
      },
    });
  }
  return accepted(closed);
}
