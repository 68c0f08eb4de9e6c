/** The stages that may hold an alert, in their order (stage.ts). Intake, a sample message and a replay run the same ones. */
import type { ConfigSnapshot } from '../config/specs.js';
import { type InhibitingAlert, inhibitionStage, type Muting, mutings } from './inhibition.js';
import { judgingPlan } from './judging-plan.js';
import { maintenanceStage } from './maintenance.js';
import { onlyAfter } from './only-after.js';
import { candidateOf, silenceStage } from './silence.js';
import { type JudgedAlert, type Judgement, judgementOf, type Verdict } from './stage.js';

export interface HoldFacts {
  snapshot: ConfigSnapshot;
  now: string;
  /** A drill rehearses paging: nothing holds its alerts. */
  isDrill: boolean;
  /** Alerts that fire and may hold others back by these documents, the oldest first. Asked only when a document mutes the alert. */
  firing: (muting: readonly Muting[]) => readonly InhibitingAlert[] | Promise<readonly InhibitingAlert[]>;
}

type HoldStage = (alert: JudgedAlert, facts: HoldFacts) => Verdict | Promise<Verdict>;

const silence: HoldStage = (alert, { snapshot, now }) => silenceStage(alert, snapshot.live.silences, now);

const maintenance: HoldStage = (alert, { snapshot, now }) => maintenanceStage(alert, snapshot, now);

const inhibition: HoldStage = async (alert, { snapshot, firing }) => {
  const muting = mutings(snapshot, candidateOf(alert));
  return inhibitionStage(alert, muting.length === 0 ? [] : await firing(muting), snapshot);
};

const after: HoldStage = (alert, { snapshot, now }) =>
  onlyAfter(alert, judgingPlan(snapshot, alert.service).after, now);

const HOLD_STAGES: readonly HoldStage[] = [silence, maintenance, inhibition, after];

export async function judgeHolds(alert: JudgedAlert, facts: HoldFacts): Promise<Judgement> {
  const verdicts: Verdict[] = [];
  if (facts.isDrill) return judgementOf(verdicts);
  for (const stage of HOLD_STAGES) {
    const verdict = await stage(alert, facts);
    verdicts.push(verdict);
    if (verdict.kind === 'hold') break;
  }
  return judgementOf(verdicts);
}
