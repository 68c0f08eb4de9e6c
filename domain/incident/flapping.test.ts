import { expect, it } from '@jest/globals';
import { dueWork } from './deadline.js';
import { FLAP_PAGE_GAP_MS } from './flapping.js';
import { at, checkoutEscalation, IncidentBuilder } from './testing/incident-builder.js';

const source = 'source:prometheus';
const gap = FLAP_PAGE_GAP_MS / 1000;

const resolves = (incident: IncidentBuilder, seconds: number) =>
  incident.ask({ type: 'close_alert', alert: 'alert-1', title: 'Replica lag' }, { seconds, actor: source });
const fires = (incident: IncidentBuilder, seconds: number, raised = false) =>
  incident.ask(
    {
      type: 'join_alert',
      alert: `alert-${seconds}`,
      title: 'Replica lag',
      severity: 'critical',
      weight: raised
        ? {
            priority: 'P1',
            reasons: [],
            by: null,
            engaged: [checkoutEscalation],
            ackTimeoutMs: 0,
            wakes: true,
          }
        : null,
    },
    { seconds, actor: source },
  );
const pageAt = (incident: IncidentBuilder): string | undefined =>
  dueWork(incident.state, 0).find(({ type }) => type === 'page')?.at;
/** Pages what is due at this second. */
function pageIfDue(incident: IncidentBuilder, seconds: number): boolean {
  const [work] = dueWork(incident.state, 0);
  if (work?.type !== 'page' || work.at > at(seconds)) return false;
  return incident.page(['ana'], { ...work.due, seconds }) === 'accepted';
}
/** Fires for three seconds and is over for three, from second 0 until `untilS`; returns the seconds of the pages. */
function flap(incident: IncidentBuilder, untilS: number): number[] {
  const pages = pageIfDue(incident, 0) ? [0] : [];
  for (let second = 1; second < untilS; second += 1) {
    if (second % 6 === 3) expect(resolves(incident, second)).toBe('accepted');
    if (second % 6 === 0) expect(fires(incident, second)).toBe('accepted');
    if (pageIfDue(incident, second)) pages.push(second);
  }
  return pages;
}

it('an alert that opens and resolves ten times in a minute pages when it opens and when it returns, not ten times', () => {
  expect(flap(new IncidentBuilder(), 60)).toEqual([0, 6]);
});

it('what goes on flapping and nobody has pages again after each gap', () => {
  const pages = flap(new IncidentBuilder(), 600);
  expect(pages.slice(0, 2)).toEqual([0, 6]);
  for (const [n, second] of pages.slice(2).entries()) {
    const since = second - (pages[n + 1] ?? 0);
    expect(since).toBeGreaterThanOrEqual(gap);
    expect(since).toBeLessThanOrEqual(gap + 6);
  }
  expect(pages.length).toBeGreaterThanOrEqual(6);
});

it('what goes on flapping and nobody has reaches the next step when the wait of its policy is over, and the one after', () => {
  const incident = new IncidentBuilder();
  flap(incident, 1_800);
  const pages = incident.events.flatMap((event) => (event.kind === 'paged' ? [event] : []));
  const firstOf = (step: number, cycle = 0) =>
    pages.find(({ data }) => data.step === step && data.cycle >= cycle)?.at ?? 'never';
  // Each step has its 300 s from its first page on; pages are 120 s apart, and only while it fires.
  expect(firstOf(1)).toBe(at(0));
  expect(firstOf(2) >= at(306) && firstOf(2) <= at(306 + gap + 12)).toBe(true);
  const again = pages.find(({ data, at: when }) => data.step === 1 && when > firstOf(2))?.at ?? 'never';
  expect(again > firstOf(2) && again <= at(306 + 300 + 2 * gap + 24)).toBe(true);
  const refs = pages.map(({ data }) => `${data.cycle}/${data.step}`);
  expect(new Set(refs).size).toBe(refs.length);
});

it('what somebody had, and comes back later, starts over', () => {
  const incident = new IncidentBuilder();
  flap(incident, 600);
  fires(incident, 600);
  incident.ask({ type: 'acknowledge', person: 'ana' }, { seconds: 600, actor: 'ana' });
  incident.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 601, actor: 'ana' });
  fires(incident, 700);
  expect(incident.state.escalations[0]).toMatchObject({ step: 1, phase: 'to_page', passesOnAt: null });
});

it('what stops flapping and goes on firing pages when the gap since the last page is over', () => {
  const incident = new IncidentBuilder();
  flap(incident, 60);
  expect(fires(incident, 60)).toBe('accepted');
  expect(pageAt(incident)).toBe(at(6 + gap));
});

it.each([
  ['a higher priority', (incident: IncidentBuilder) => fires(incident, 60, true)],
  [
    'the request of a person',
    (incident: IncidentBuilder) => {
      fires(incident, 60);
      const command = { type: 'escalate', step: null, escalation: null, reason: 'look' } as const;
      return incident.ask(command, { seconds: 60, actor: 'bo' });
    },
  ],
])('%s pages at once', (_what, act) => {
  const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P3' });
  flap(incident, 60);
  expect(act(incident)).toBe('accepted');
  expect((pageAt(incident) ?? 'never') <= at(60)).toBe(true);
});

it('what a person resolved, and what returns after the reopen window, pages at once', () => {
  const byHand = new IncidentBuilder();
  flap(byHand, 56);
  byHand.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 56, actor: 'ana' });
  fires(byHand, 58);
  expect(pageAt(byHand)).toBe(at(58));

  const late = new IncidentBuilder();
  flap(late, 58);
  fires(late, 58 + 3_600);
  expect(pageAt(late)).toBe(at(58 + 3_600));
});
