/** Faults of one case alone: its connection, its provider, or a tenfold repeat. */
import { setTimeout as pause } from 'node:timers/promises';
import { DueDeliveries } from '../../dispatch/due-deliveries.js';
import { DueWorkRunner } from '../../dispatch/run-due-work.js';
import type { CaseRun } from './case-run.js';
import { ledgerOf } from './incident-view.js';

const TIMES = 10;
/** For this long requests pass on the connection and responses do not. */
const SWALLOW_MS = 500;
const tenTimes = <T>(work: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: TIMES }, (_, n) => work(n)));

export async function injectAlone(run: CaseRun): Promise<void> {
  const { stack, one, slot } = run;
  switch (one.fault) {
    case 'cut-client':
      // The command is in transit.
      if (one.phase === 'F9') run.answer();
      if (one.phase === 'F8') run.sendAgain();
      run.line?.set(one.plan.isSilent ? 'hang' : 'down');
      return afterwards(run, one.plan.cutMs);
    case 'timeout-client':
      run.line?.set('swallow');
      return afterwards(run, SWALLOW_MS);
    case 'dup-sender': {
      const sent = tenTimes(() => run.people.send(slot.key, null));
      run.release();
      return void (await sent);
    }
    case 'dup-row':
    case 'dup-signals': {
      const { id } = await run.known();
      await tenTimes(() =>
        stack.sql(
          `WITH again AS (
             INSERT INTO outbox (workflow_id, incident_id, seq, message, created_at)
             SELECT workflow_id, incident_id, seq, message, tocsin_now() FROM (
               SELECT DISTINCT ON (workflow_id, seq) * FROM outbox WHERE incident_id = $1 ORDER BY workflow_id, seq, id LIMIT 20) o)
           SELECT pg_notify('tocsin_outbox', 'incident/' || $1::text)`,
          [id],
        ),
      );
      return;
    }
    case 'dup-activity':
      run.release();
      return repeatPage(run, 1);
    case 'dup-timer':
      return duplicateTimer(run);
    case 'dup-callback': {
      const [row] = await ledgerOf(stack.sql, (await run.known()).id);
      await tenTimes(() =>
        stack.second.store.callbacks.record({
          provider: 'webhook',
          eventId: `${run.key}/receipt`,
          delivery: row?.key ?? '',
          providerId: null,
          verdict: 'delivered',
          at: new Date().toISOString(),
        }),
      );
      return;
    }
    case 'dup-ack':
      run.release();
      return run.people.byMany('acknowledge', slot.first, TIMES);
    case 'dup-resolve':
      run.release();
      return run.people.byMany(one.plan.closing, slot.first, TIMES);
    default:
      // The provider's misbehaviour is its script.
      return;
  }
}

/** Restores the connection after its time; the case goes on meanwhile. */
async function afterwards(run: CaseRun, ms: number): Promise<void> {
  run.release();
  await pause(ms);
  run.line?.set('pass');
}

/** Runs the activity of this escalation step again, in processes that believe it is theirs. */
async function repeatPage(run: CaseRun, step: number): Promise<void> {
  const { store, sender } = run.stack.second;
  const { id } = await run.known();
  const [escalation] = await run.stack.sql<{ name: string }>(
    `SELECT state->'escalations'->0->>'name' AS name FROM incident WHERE id = $1`,
    [id],
  );
  await tenTimes(async (n) => {
    const self = `twin-${n}`;
    const deliveries = new DueDeliveries({ store, sender, self });
    const request = { incidentId: id, afterSeq: 0, tellWorkflow: true };
    const item = { type: 'page', escalation: escalation?.name ?? '', due: { cycle: 0, step } } as const;
    const [begun] = await new DueWorkRunner({ store, deliveries, self }).begin(request, [item]);
    if (begun?.status !== 'fulfilled') throw begun?.reason;
    await Promise.all([begun.value.ended, deliveries.sendDue(request)]);
  });
}

/** Ten others act on the timer at the instant at which it fires. */
async function duplicateTimer(run: CaseRun): Promise<void> {
  const held = run.hold('F4', 2);
  await held.reached;
  run.release();
  await repeatPage(run, 2);
}
