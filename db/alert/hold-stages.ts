/** The stages that may hold an alert, in their order (domain/alert/stage.ts), each with the facts that it reads. */
import { judgingPlan } from '../../domain/alert/judging-plan.js';
import { onlyAfter } from '../../domain/alert/only-after.js';
import { maintenanceStage } from '../../domain/alert/maintenance.js';
import { silenceStage } from '../../domain/alert/silence.js';
import { type JudgedAlert, type Judgement, judgementOf, type Verdict } from '../../domain/alert/stage.js';
import type { SignalBatch } from './signal-batch.js';

/** One stage: reads its facts in the batch's transaction, and decides by a pure function of `domain/alert`. */
type HoldStage = (batch: SignalBatch, alert: JudgedAlert) => Verdict | Promise<Verdict>;

const silence: HoldStage = ({ snapshot, now }, alert) => silenceStage(alert, snapshot.live.silences, now);

const maintenance: HoldStage = ({ snapshot, now }, alert) => maintenanceStage(alert, snapshot, now);

const after: HoldStage = ({ snapshot, now }, alert) =>
  onlyAfter(alert, judgingPlan(snapshot, alert.service).after, now);

/** Inhibition belongs between maintenance and `after`. */
const HOLD_STAGES: readonly HoldStage[] = [silence, maintenance, after];

/** A drill rehearses paging: nothing holds its alerts. */
export async function judge(batch: SignalBatch, alert: JudgedAlert): Promise<Judgement> {
  const verdicts: Verdict[] = [];
  if (batch.request.drill !== undefined) return judgementOf(verdicts);
  for (const stage of HOLD_STAGES) {
    const verdict = await stage(batch, alert);
    verdicts.push(verdict);
    if (verdict.kind === 'hold') break;
  }
  return judgementOf(verdicts);
}
