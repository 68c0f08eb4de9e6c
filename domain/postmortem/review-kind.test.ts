import { describe, expect, it } from '@jest/globals';
import type { IncidentCommand, PriorityWeight } from '../incident/commands.js';
import type { Priority } from '../config/terms.js';
import type { IncidentState } from '../incident/state.js';
import { planFor } from '../response/default-plan.js';
import {
  ask,
  draftedIncident,
  due,
  happen,
  openedIncident,
  outcomeOf,
  submittedIncident,
} from './review-fixtures.js';
import {
  FULL_QUORUM,
  LIGHT_QUORUM,
  type PlannedReview,
  REVIEW_KINDS,
  reviewKind,
  type ReviewKind,
} from './review-kind.js';

const digest: PlannedReview = { kind: 'digest', quorum: LIGHT_QUORUM };
const light: PlannedReview = { kind: 'light', quorum: LIGHT_QUORUM };
const lightUnlessAlone: PlannedReview = { ...light, unacknowledged: 'digest' };
const full: PlannedReview = { kind: 'full', quorum: FULL_QUORUM };
const none: PlannedReview = { kind: 'none', quorum: LIGHT_QUORUM, reason: 'a probe', plan: 'probes' };

describe('the kind of review', () => {
  it.each<[string, PlannedReview, Priority, { drill?: boolean; alone?: boolean }, ReviewKind]>([
    ['P1 is full', full, 'P1', {}, 'full'],
    ['P2 is light where its plan says so', light, 'P2', {}, 'light'],
    ['P1 is never in a digest', digest, 'P1', {}, 'full'],
    ['P2 is never without review', none, 'P2', {}, 'full'],
    ['P1 that ended by itself keeps its own', lightUnlessAlone, 'P1', { alone: true }, 'light'],
    ['P3 is light', lightUnlessAlone, 'P3', {}, 'light'],
    ['P3 that ended by itself is in the digest', lightUnlessAlone, 'P3', { alone: true }, 'digest'],
    ['P3 whose plan says light stays light', light, 'P3', { alone: true }, 'light'],
    ['P3 whose plan says full stays full', full, 'P3', { alone: true }, 'full'],
    ['P4 is in the digest', digest, 'P4', {}, 'digest'],
    ['P5 has none where its plan says so', none, 'P5', {}, 'none'],
    ['a drill is reviewed for itself', digest, 'P5', { drill: true }, 'light'],
    ['a drill that ended by itself too', lightUnlessAlone, 'P3', { drill: true, alone: true }, 'light'],
  ])('%s', (_what, planned, priority, { drill = false, alone = false }, kind) => {
    expect(reviewKind({ planned, priority, isDrill: drill, endedByItself: alone })).toBe(kind);
  });

  it('of P1 and P2 is a post-mortem of its own, whatever is planned', () => {
    for (const priority of ['P1', 'P2'] as const)
      for (const kind of REVIEW_KINDS)
        for (const endedByItself of [true, false])
          expect(['full', 'light']).toContain(
            reviewKind({
              planned: { kind, quorum: LIGHT_QUORUM, unacknowledged: 'digest' },
              priority,
              isDrill: false,
              endedByItself,
            }),
          );
  });
});

const open = (priority: Priority, planned: PlannedReview, drill: string | null = null): IncidentState => ({
  ...openedIncident(planned, drill),
  priority,
});
const resolve: IncidentCommand = { type: 'resolve', comment: null, because: 'person' };
const clear: IncidentCommand = { type: 'close_alert', alert: 'a1', title: 'lag' };
const to = (priority: Priority, more: Partial<PriorityWeight> = {}): IncidentCommand => {
  const { due: _due, ...postmortem } = planFor(undefined, priority).postmortem;
  return {
    type: 'set_priority',
    priority,
    reasons: [],
    by: 'bo',
    engaged: [],
    ackTimeoutMs: 0,
    postmortem,
    ...more,
  };
};
const after = (state: IncidentState, ...commands: IncidentCommand[]): IncidentState =>
  commands.reduce((current, command) => {
    const { state: next, decision } = ask(current, command);
    expect(outcomeOf(decision)).toBe('accepted');
    return next;
  }, state);

describe('an incident', () => {
  it('of kind none is closed as it is resolved, by the plan and with its reason', () => {
    const { state, decision } = ask(open('P5', none), resolve);
    expect(decision).toMatchObject({
      facts: [
        { kind: 'resolved', data: { review: 'none' } },
        { kind: 'postmortem_waived', data: { reason: 'a probe', plan: 'probes' } },
        { kind: 'closed' },
      ],
    });
    expect(state).toMatchObject({ status: 'closed', postmortem: { kind: 'none', status: 'waived' } });
  });

  it('of kind none whose priority was raised before has a post-mortem of its own', () => {
    expect(after(open('P5', none), to('P1'), resolve)).toMatchObject({
      status: 'resolved',
      postmortem: { kind: 'full', quorum: FULL_QUORUM, status: 'none' },
    });
  });

  it('follows its priority while it is open, also downwards', () => {
    expect(after(open('P1', full), to('P3')).postmortem).toMatchObject({
      kind: 'light',
      quorum: LIGHT_QUORUM,
    });
  });

  it('is reviewed by what it was in the end: acknowledged once is not "by itself"', () => {
    const alone = after(open('P3', lightUnlessAlone), clear);
    expect(alone.postmortem.kind).toBe('digest');
    const acknowledged = after(
      open('P3', lightUnlessAlone),
      { type: 'acknowledge', person: 'ana' },
      { type: 'unacknowledge', reason: null },
      clear,
    );
    expect(acknowledged.postmortem.kind).toBe('light');
    const again = after(
      alone,
      { type: 'reopen', reason: null },
      { type: 'acknowledge', person: 'ana' },
      resolve,
    );
    expect(again.postmortem.kind).toBe('light');
  });

  it('whose priority is raised after its post-mortem was submitted is drafted again, more heavily', () => {
    const inReview = { ...submittedIncident(undefined, LIGHT_QUORUM), priority: 'P3' as const };
    inReview.postmortem = { ...inReview.postmortem, kind: 'light', planned: light };
    const raised = after(inReview, to('P1'));
    expect(raised.postmortem).toMatchObject({
      kind: 'full',
      quorum: FULL_QUORUM,
      status: 'draft',
      due: null,
      since: expect.any(String),
    });
    expect(after(raised, { type: 'draft_postmortem', due }).postmortem).toMatchObject({
      status: 'draft',
      due,
    });
  });

  it('is never reviewed more lightly once it is resolved', () => {
    const before = { ...draftedIncident(), priority: 'P1' as const };
    expect(after(before, to('P5')).postmortem).toMatchObject({ kind: 'full', status: 'draft', due });
  });

  it('stored before kinds followed the priority keeps the kind that it has', () => {
    const old = happen(open('P3', full), [{ kind: 'resolved', data: { comment: null, because: 'person' } }]);
    expect(old.postmortem).toMatchObject({ kind: 'full', quorum: FULL_QUORUM });
  });
});
