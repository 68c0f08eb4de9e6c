import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import type { IncidentActivities, Sent } from '../activities/incident-activities.js';
import type { IncidentState } from '../domain/incident/state.js';
import { at, IncidentStory } from '../domain/incident/testing/incident-story.js';
import { HeadStart } from './head-start.js';

const log = pino({ level: 'silent' });
const started = (
  makePage: IncidentActivities['page'],
  { state = opened(), settleMs = 0 }: { state?: IncidentState; settleMs?: number } = {},
) =>
  new HeadStart({
    incident: () => Promise.resolve({ state, response: { settleMs } }),
    makePage,
    note: () => Promise.resolve(answer),
    log,
  });
const answer: Sent = { events: [], nextDueMs: 30_000 };

/** Notes every call of the activity; `ends` decides when and how each of them ends. */
function activity(ends: () => Promise<Sent>) {
  const calls: string[] = [];
  return {
    calls,
    page: (request: { incidentId: string; track: string }) => {
      calls.push(request.track);
      return ends();
    },
  };
}

const opened = () => ({ ...new IncidentStory().state, createdAt: new Date().toISOString() });
/** What the workflow of `opened()` asks for first. */
const firstCall = () => {
  const { id, seq, tracks } = opened();
  const [track] = tracks;
  if (track === undefined) throw new Error('the story has no track');
  const { name, cycle, step } = track;
  return { incidentId: id, afterSeq: seq, track: name, due: { cycle, step } };
};

describe('the head start', () => {
  it('pages every track that is due, and gives the workflow the same answer', async () => {
    const { calls, page } = activity(() => Promise.resolve(answer));
    const headStart = started(page);
    await headStart.hear('incident/incident-1');
    expect(calls).toEqual(opened().tracks.map((track) => track.name));
    expect(await headStart.page(firstCall())).toBe(answer);
    expect(calls).toHaveLength(opened().tracks.length);
  });

  it('lets the workflow wait for a page that is under way', async () => {
    let finish = (_sent: Sent): void => undefined;
    const { calls, page } = activity(() => new Promise((resolve) => (finish = resolve)));
    const headStart = started(page);
    // Patience ends before the page does.
    await headStart.hear('incident/incident-1');
    const asked = headStart.page(firstCall());
    finish(answer);
    expect(await asked).toBe(answer);
    expect(calls).toHaveLength(opened().tracks.length);
    await headStart.stop();
  });

  it('sends nothing twice when the workflow was first', async () => {
    let finish = (_sent: Sent): void => undefined;
    const { calls, page } = activity(() => new Promise((resolve) => (finish = resolve)));
    const headStart = started(page);
    const asked = headStart.page(firstCall());
    const heard = headStart.hear('incident/incident-1');
    finish(answer);
    await heard;
    expect(await asked).toBe(answer);
    expect(calls).toHaveLength(opened().tracks.length);
  });

  it('leaves the page to the workflow when it fails', async () => {
    let works = false;
    const { calls, page } = activity(() =>
      works ? Promise.resolve(answer) : Promise.reject(new Error('the database is away')),
    );
    const headStart = started(page);
    await headStart.hear('incident/incident-1');
    works = true;
    expect(await headStart.page(firstCall())).toBe(answer);
    expect(calls).toHaveLength(opened().tracks.length + 1);
  });

  it('pages nobody while an incident may still settle, or when everybody has been paged', async () => {
    const { calls, page } = activity(() => Promise.resolve(answer));
    await started(page, { settleMs: 10_000 }).hear('incident/incident-1');
    const acknowledged: IncidentState = {
      ...opened(),
      status: 'acknowledged',
      ackExpiresAt: at(600),
      tracks: [],
    };
    await started(page, { state: acknowledged }).hear('incident/incident-1');
    await started(page).hear('runbook/some-run');
    expect(calls).toEqual([]);
  });
});
