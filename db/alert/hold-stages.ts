/** The stages that may hold an alert (domain/alert/hold-stages.ts), with the facts that they read in the batch's transaction. */
import { judgeHolds } from '../../domain/alert/hold-stages.js';
import { candidateOf } from '../../domain/alert/silence.js';
import type { JudgedAlert, Judgement } from '../../domain/alert/stage.js';
import { firingFor, firingInhibitions, noteInhibits } from './inhibiting-alerts.js';
import type { SignalBatch } from './signal-batch.js';

/** Documents by which something fires, read once for each batch: mostly nothing does, and the alerts of a batch are many. */
const inForce = new WeakMap<SignalBatch, Set<string>>();

export async function judge(batch: SignalBatch, alert: JudgedAlert): Promise<Judgement> {
  const { tx, request, snapshot, now } = batch;
  const isDrill = request.drill !== undefined;
  if (!isDrill) {
    const names = await noteInhibits(tx, snapshot, { ...candidateOf(alert), id: alert.id });
    for (const name of names) inForce.get(batch)?.add(name);
  }
  return judgeHolds(alert, {
    snapshot,
    now,
    isDrill,
    async firing(muting) {
      let known = inForce.get(batch);
      if (known === undefined) inForce.set(batch, (known = await firingInhibitions(tx)));
      const some = muting.filter(({ name }) => known.has(name));
      return some.length === 0 ? [] : firingFor(tx, some);
    },
  });
}
