/** Outcome of the record → reply: the state of the incident, or 409 with the current state. */
import { KEY_REUSED } from '../../db/incident/idempotency.js';
import type { RecordOutcome } from '../../db/incident/record.js';
import { incidentReply } from '../../db/incident/incident-reply.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { notFound, Problem } from './problem.js';

/** The state after the command, also when the command changed nothing. */
export function stateAfter(outcome: RecordOutcome): IncidentState {
  switch (outcome.kind) {
    case 'accepted':
    case 'unchanged':
      return outcome.state;
    case 'refused':
      throw new Problem(outcome.code === KEY_REUSED ? 422 : 409, outcome.code, outcome.detail, {
        members: { state: incidentReply(outcome.state) },
      });
    case 'not_found':
      throw notFound('There is no such incident.');
  }
}
