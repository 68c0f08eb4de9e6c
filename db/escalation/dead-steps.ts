/**
 * Escalates every escalation whose current step is dead (all its deliveries failed): the next step is due at once, not after the
 * wait (docs/reliability.md R5).
 */
import type { DataSource } from 'typeorm';
import { type DeliveryState, isDeadStep } from '../../domain/delivery/delivery-state.js';
import { isSameStep } from '../../domain/incident/escalations.js';
import type { StepRef } from '../../domain/incident/state.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { lockIncident } from '../incident/incident-row.js';
import { readEvents, type Recorder, type RecordOutcome } from '../incident/record.js';

export class DeadSteps {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
  ) {}

  escalate({
    incidentId,
    afterSeq,
    tellWorkflow,
  }: {
    incidentId: string;
    afterSeq: number;
    tellWorkflow: boolean;
  }): Promise<RecordOutcome> {
    return retryingTransaction(this.dataSource, async (tx) => {
      const locked = await lockIncident(tx, incidentId);
      if (locked === null) return { kind: 'not_found' };
      const rows: (StepRef & { escalation: string; state: DeliveryState })[] = await tx.query(
        // A receipt's "failed" is final: the row is never due again. A bundled page shares the fate of its bundle.
        `SELECT d.escalation, d.cycle, d.step, CASE WHEN s.state = 'failed' AND s.due_at IS NULL AND s.reason IS NULL THEN 'exhausted'
                ELSE s.state END AS state
           FROM delivery d JOIN delivery s ON s.id = CASE WHEN d.sent_in_bundle THEN d.bundle ELSE d.id END
          WHERE d.incident_id = $1 AND d.type = 'page.requested' AND d.escalation IS NOT NULL`,
        [incidentId],
      );
      const dead = locked.state.escalations.filter(
        (escalation) =>
          escalation.phase === 'waiting' &&
          isDeadStep(
            rows
              .filter((row) => row.escalation === escalation.name && isSameStep(row, escalation))
              .map((row) => row.state),
          ),
      );
      let outcome: RecordOutcome | null = null;
      for (const { name: escalation, cycle, step } of dead) {
        const reason = `nobody at step ${step} could be reached`;
        outcome = await this.recorder.recordIn(tx, {
          incidentId,
          actor: 'tocsin',
          tellWorkflow,
          afterSeq,
          command: { type: 'leave_step', escalation, stepRef: { cycle, step }, reason },
        });
      }
      return (
        outcome ?? {
          kind: 'unchanged',
          state: locked.state,
          events: await readEvents(tx, incidentId, afterSeq),
        }
      );
    });
  }
}
