/** The stages that may hold an alert (domain/alert/hold-stages.ts), with the facts that they read in the batch's transaction. */
import { judgeHolds } from '../../domain/alert/hold-stages.js';
import { candidateOf } from '../../domain/alert/silence.js';
import type { JudgedAlert, Judgement } from '../../domain/alert/stage.js';
import { firingFor, noteInhibits } from './inhibiting-alerts.js';
import type { SignalBatch } from './signal-batch.js';

export async function judge(batch: SignalBatch, alert: JudgedAlert): Promise<Judgement> {
  const { tx, request, snapshot, now } = batch;
  const isDrill = request.drill !== undefined;
  if (!isDrill) await noteInhibits(tx, snapshot, { ...candidateOf(alert), id: alert.id });
  return judgeHolds(alert, { snapshot, now, isDrill, firing: (muting) => firingFor(tx, muting) });
}
