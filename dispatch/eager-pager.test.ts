import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import type { IncidentActivities, Sent } from '../activities/incident-activities.js';
import type { IncidentState } from '../domain/incident/state.js';
import { at, IncidentBuilder } from '../domain/incident/testing/incident-builder.js';
import { EagerPager } from './eager-pager.js';

const log = pino({ level: 'silent' });
const started = (
  makePage: IncidentActivities['page'],
  { state = opened(), settleMs = 0 }: { state?: IncidentState; settleMs?: number } = {},
) =>
  new EagerPager({
    incident: () => Promise.resolve({ state, response: { settleMs } }),
    makePage,
    note: () => Promise.resolve(answer),
    log,
  });
const answer: Sent = { events: [], nextDueMs: 30_000 };

/** Records every call of the activity; `ends` decides when and how each call ends. */
function activity(ends: () => Promise<Sent>) {
  const calls: string[] = [];
  return {
    calls,
    page: (request: { incidentId: string; escalation: string }) => {
      calls.push(request.escalation);
      return ends();
    },
  };
}

const opened = () => ({ ...new IncidentBuilder().state, createdAt: new Date().toISOString() });
/** The first call of the workflow of `opened()`. */
const firstCall = () => {
  const { id, seq, escalations } = opened();
  const [escalation] = escalations;
  if (escalation === undefined) throw new Error('the story has no escalation');
  const { name, cycle, step } = escalation;
  return { incidentId: id, afterSeq: seq, escalation: name, due: { cycle, step } };
};

describe('the eager pager', () => {
  it('pages every escalation that is due, and gives the workflow the same answer', async () => {
    const { calls, page } = activity(() => Promise.resolve(answer));
    const eagerPager = started(page);
    await eagerPager.onNotify('incident/incident-1');
    expect(calls).toEqual(opened().escalations.map((escalation) => escalation.name));
    expect(await eagerPager.page(firstCall())).toBe(answer);
    expect(calls).toHaveLength(opened().escalations.length);
  });

  it('lets the workflow wait for a page that is under way', async () => {
    let finish = (_sent: Sent): void => undefined;
    const { calls, page } = activity(() => new Promise((resolve) => (finish = resolve)));
    const eagerPager = started(page);
    // The patience of `onNotify` ends before the page does.
    await eagerPager.onNotify('incident/incident-1');
    const asked = eagerPager.page(firstCall());
    finish(answer);
    expect(await asked).toBe(answer);
    expect(calls).toHaveLength(opened().escalations.length);
    await eagerPager.stop();
  });

  it('sends nothing twice when the workflow was first', async () => {
    let finish = (_sent: Sent): void => undefined;
    const { calls, page } = activity(() => new Promise((resolve) => (finish = resolve)));
    const eagerPager = started(page);
    const asked = eagerPager.page(firstCall());
    const heard = eagerPager.onNotify('incident/incident-1');
    finish(answer);
    await heard;
    expect(await asked).toBe(answer);
    expect(calls).toHaveLength(opened().escalations.length);
  });

  it('leaves the page to the workflow when it fails', async () => {
    let works = false;
    const { calls, page } = activity(() =>
      works ? Promise.resolve(answer) : Promise.reject(new Error('the database is away')),
    );
    const eagerPager = started(page);
    await eagerPager.onNotify('incident/incident-1');
    works = true;
    expect(await eagerPager.page(firstCall())).toBe(answer);
    expect(calls).toHaveLength(opened().escalations.length + 1);
  });

  it('pages nobody while an incident may still settle, or when everybody has been paged', async () => {
    const { calls, page } = activity(() => Promise.resolve(answer));
    await started(page, { settleMs: 10_000 }).onNotify('incident/incident-1');
    const acknowledged: IncidentState = {
      ...opened(),
      status: 'acknowledged',
      ackExpiresAt: at(600),
      escalations: [],
    };
    await started(page, { state: acknowledged }).onNotify('incident/incident-1');
    await started(page).onNotify('runbook/some-run');
    expect(calls).toEqual([]);
  });
});
