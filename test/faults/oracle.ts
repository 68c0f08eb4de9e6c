/**
 * The oracle (docs/reliability.md, Invariants): the provider's log, the public API and the record of a case must
 * agree and be correct.
 */
import { IncidentReply, DeliveriesReply, TimelineReply } from '../../contracts/api/incident.js';
import { auditFold, type Breach } from '../../db/invariants/audit-record.js';
import type { CaseRun } from './case-run.js';
import { incidentsOf, ledgerOf, type LedgerRow } from './incident-view.js';
import type { Seen } from './provider.js';
import { LEASE_MS } from './stack.js';
import { clockChanges, STEP_WAIT_MS } from './slots.js';

/** The bound of I5. */
const AFTER_ACK_MS = 2_000;
/** Tolerance for clocks that differ slightly. */
const EARLY_MS = 1_000;

export async function verify(run: CaseRun): Promise<Breach[]> {
  const { stack, key } = run;
  const breaches: Breach[] = [];
  const breach = (invariant: string, says: string, detail: unknown): void =>
    void breaches.push({ invariant, says, subject: key, detail: JSON.stringify(detail).slice(0, 1_000) });

  const incidents = await incidentsOf(stack.sql, key);
  if (incidents.length !== 1) breach('I2', 'one alert is one incident', incidents);
  const alerts = await stack.sql<{ count: number }>('SELECT count::int FROM alert WHERE dedup_key = $1', [
    key,
  ]);
  if (alerts.length !== 1 || (alerts[0]?.count ?? 0) < run.one.plan.alerts)
    breach('I2', 'every 2xx is on record, once', { alerts, sent: run.one.plan.alerts });

  const { id, number } = await run.known();
  const rows = await ledgerOf(stack.sql, id);
  const seen = stack.provider.seen(key);
  checkLedger(run, rows, seen, breach);
  const { acknowledgedAt } = run.people;
  const late = seen.filter(({ at }) => acknowledgedAt !== null && at > acknowledgedAt + AFTER_ACK_MS);
  if (late.length > 0) breach('I5', 'no page starts more than 2 s after its acknowledgement', late);

  const paged = await stack.sql<{ cycle: number; step: number; at: Date; people: string[] }>(
    `SELECT (data->>'cycle')::int AS cycle, (data->>'step')::int AS step, at, data->'people' AS people
       FROM incident_event WHERE incident_id = $1 AND kind = 'paged' ORDER BY seq`,
    [id],
  );
  const stepRefs = paged.map(({ cycle, step }) => `${cycle}/${step}`);
  if (new Set(stepRefs).size !== stepRefs.length) breach('I4', 'an escalation step is paged once', paged);
  const dead = await stack.sql(
    `SELECT 1 FROM incident_event WHERE incident_id = $1 AND kind = 'escalated' AND data->>'reason' LIKE 'nobody at step %'`,
    [id],
  );
  if (dead.length === 0) checkWaits(paged, breach);
  checkOnCall(run, paged, breach);
  const notes = await stack.sql<{ text: string }>(
    `SELECT data->>'text' AS text FROM incident_event WHERE incident_id = $1 AND kind = 'noted' ORDER BY seq`,
    [id],
  );
  if (JSON.stringify(notes.map(({ text }) => text)) !== JSON.stringify(run.traffic.written))
    breach('I6', 'every confirmed note is on record once, in order', {
      notes: notes.length,
      written: run.traffic.written.length,
    });
  breaches.push(...(await auditFold(stack.second.store.dataSource, [id])));

  const path = `/api/v1/incidents/${number}`;
  const shown = await stack.ask(IncidentReply, 'GET', path);
  if (shown.status !== 'closed') breach('I13', 'the public API says that it is closed', shown.status);
  const timeline = await stack.ask(TimelineReply, 'GET', `${path}/timeline?limit=200`);
  if (!timeline.items.some(({ kind }) => kind === 'opened'))
    breach('I6', 'the timeline begins with "opened"', timeline);
  const deliveries = await stack.ask(
    DeliveriesReply,
    'GET',
    `${path}/deliveries?type=page.requested&limit=200`,
  );
  if (pagesIn(deliveries.items) !== pagesIn(rows))
    breach('I3', 'the public delivery log shows every page as it stands', { shown: deliveries.items, rows });
  return breaches;
}

/** The pages and their final states, whatever their order. */
const pagesIn = (pages: readonly { person: string; step: number; state: string }[]): string =>
  pages
    .map(({ person, step, state }) => `${step} ${person} ${state}`)
    .toSorted()
    .join(', ');

type Note = (invariant: string, says: string, detail: unknown) => void;

/** Compares the ledger with what the receivers accepted. */
function checkLedger({ one }: CaseRun, rows: LedgerRow[], seen: readonly Seen[], breach: Note): void {
  const keys = new Set(rows.map(({ key }) => key));
  const unknown = seen.filter(({ key }) => !keys.has(key));
  if (unknown.length > 0) breach('I3', 'every request belongs to a row of the ledger', unknown);
  for (const row of rows) {
    const requests = seen.filter(({ key }) => key === row.key);
    const rang = requests.filter((request) => request.rang);
    if (rang.filter(({ possibleDuplicate }) => !possibleDuplicate).length > 1)
      breach('I3', 'nobody is disturbed twice without being told that it may be a repeat', { row, requests });
    if (requests.length > row.attempts.length)
      breach('I3', 'every request is an attempt on record', { row, requests });
    if ((row.state === 'accepted' || row.state === 'delivered') && rang.length === 0)
      breach('I3', 'what is recorded as accepted was taken', { row, requests });
    if (row.state === 'suppressed' && rang.length > 0)
      breach('I4', 'what is recorded as suppressed was never taken', { row, requests });
    // A clock that jumps ends leases.
    if (!one.fault.startsWith('clock') && takenEarly(row))
      breach('I3', 'nobody takes over while a lease lasts', { row, requests });
  }
}

/** The row was taken from a sender before its lease was over, although that sender had not withdrawn. */
const takenEarly = ({ attempts }: LedgerRow): boolean =>
  attempts.some((next, index) => {
    const before = attempts[index - 1];
    const isGivenBack =
      before?.outcome === 'ambiguous' || before?.outcome === 'failed' || before?.outcome === 'withdrawn';
    return before !== undefined && !isGivenBack && next.at - before.at < LEASE_MS;
  });

/**
 * By the record's clock no step is paged before the wait of the previous one is over; a clock set back proves
 * nothing.
 */
function checkWaits(paged: { step: number; at: Date }[], breach: Note): void {
  for (const [index, next] of paged.entries()) {
    const before = paged[index - 1];
    const waitedMs = next.at.getTime() - (before?.at.getTime() ?? 0);
    if (before !== undefined && waitedMs >= 0 && waitedMs < STEP_WAIT_MS - EARLY_MS)
      breach('I4', 'no step is paged before its time', { waitedMs, paged });
  }
}

/** The person on call when the clocks change, by the record's time of each page. */
function checkOnCall(run: CaseRun, paged: { at: Date; people: string[] }[], breach: Note): void {
  const { fault } = run.one;
  if (fault !== 'dst-autumn' && fault !== 'dst-spring') return;
  const changeMs = Date.parse(fault === 'dst-autumn' ? clockChanges.autumn : clockChanges.spring);
  for (const { at, people } of paged) {
    const isHandedOver = fault === 'dst-spring' && at.getTime() >= changeMs;
    const expected = isHandedOver ? run.slot.second : run.slot.first;
    if (people.join() !== expected)
      breach('I12', 'the right person is paged when the clocks change', { at, people, expected });
  }
  if (run.one.phase === 'F8' && (paged.at(-1)?.at.getTime() ?? 0) < changeMs)
    breach('I12', 'a timer that spans the change of clocks fires behind it', paged);
}
