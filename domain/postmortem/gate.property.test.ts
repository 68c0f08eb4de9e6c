import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IncidentCommand } from '../incident/commands.js';
import type { IncidentFact } from '../incident/events.js';
import type { IncidentState, ReviewDecision } from '../incident/state.js';
import { isRequested, REVIEW_GROUPS } from './quorum.js';
import { ask, draftedIncident, due } from './review-fixtures.js';

const people = ['ana', 'bo', 'cleo', 'dana', 'eli'];
const person = fc.constantFrom(...people);
const decisions: ReviewDecision[] = [
  'approve',
  'approve',
  'approve',
  'request_changes',
  'delegate',
  'decline',
];
const quorum = fc.record({ participants: fc.nat(2), stakeholders: fc.nat(2) });
const text = fc.constantFrom(null, '', 'because');
const reviewers = fc.uniqueArray(
  fc.record({ person, group: fc.constantFrom('participants' as const, 'stakeholders' as const) }),
  { selector: (one) => one.person, minLength: 2 },
);

type CommandOf<T extends IncidentCommand['type']> = Extract<IncidentCommand, { type: T }>;
const weighted = <C extends IncidentCommand>(weight: number, arbitrary: fc.Arbitrary<C>) => ({
  weight,
  arbitrary,
});

/** All possible commands of people, timers and programs, sensible or not; those about reviews more often. */
const command: fc.Arbitrary<IncidentCommand> = fc.oneof(
  weighted(
    1,
    person.map((one): CommandOf<'acknowledge'> => ({ type: 'acknowledge', person: one })),
  ),
  weighted(2, fc.constant<CommandOf<'resolve'>>({ type: 'resolve', comment: null, because: 'person' })),
  weighted(1, fc.constant<CommandOf<'reopen'>>({ type: 'reopen', reason: null })),
  weighted(1, fc.constant<CommandOf<'close_alert'>>({ type: 'close_alert', alert: 'a1', title: 'lag' })),
  weighted(1, fc.constant<CommandOf<'draft_postmortem'>>({ type: 'draft_postmortem', due })),
  weighted(
    2,
    fc
      .subarray(['lessons', 'actionItems'])
      .map((sections): CommandOf<'edit_postmortem'> => ({ type: 'edit_postmortem', sections })),
  ),
  weighted(
    4,
    fc
      .record({ author: person, missing: fc.subarray(['rootCauses']), reviewers })
      .map((asked): CommandOf<'submit_postmortem'> => ({ type: 'submit_postmortem', ...asked, due })),
  ),
  weighted(
    12,
    fc
      .record({ person, decision: fc.constantFrom(...decisions), comment: text, to: fc.option(person) })
      .map((decided): CommandOf<'decide_review'> => ({ type: 'decide_review', ...decided })),
  ),
  weighted(
    1,
    fc
      .nat(3)
      .map((reminder): CommandOf<'remind_review'> => ({ type: 'remind_review', reminder, people: ['bo'] })),
  ),
  weighted(
    1,
    text.map((reason): CommandOf<'waive_postmortem'> => ({ type: 'waive_postmortem', reason: reason ?? '' })),
  ),
);

const incident = fc.record({
  quorum,
  steps: fc.array(fc.record({ command, actor: person, minute: fc.integer({ min: 20, max: 8 * 24 * 60 }) }), {
    minLength: 20,
    maxLength: 40,
  }),
});

type Look = (state: IncidentState, facts: IncidentFact[], before: IncidentState) => void;

/** Runs many random sequences; `look` receives the state after each command, its facts and the state before. */
function inEveryLife(look: Look): void {
  fc.assert(
    fc.property(incident, ({ quorum: asked, steps }) => {
      let state = draftedIncident(asked);
      for (const { command: commanded, actor, minute } of steps) {
        const before = state;
        const { state: next, decision } = ask(before, commanded, actor, minute);
        state = next;
        look(state, decision.kind === 'accepted' ? decision.facts : [], before);
      }
    }),
    { numRuns: 500 },
  );
}

const has = (facts: IncidentFact[], kind: IncidentFact['kind']): boolean =>
  facts.some((fact) => fact.kind === kind);

describe('whatever is asked', () => {
  it('an incident is closed only with an approved or waived post-mortem', () => {
    let closings = 0;
    inEveryLife((state, facts) => {
      if (state.status === 'closed') expect(['approved', 'waived']).toContain(state.postmortem.status);
      if (!has(facts, 'closed')) return;
      closings += 1;
      expect(has(facts, 'postmortem_approved') || has(facts, 'postmortem_waived')).toBe(true);
    });
    expect(closings).toBeGreaterThan(0);
  });

  it('an approval is the quorum of other people than the author, on exactly this text', () => {
    let approvals = 0;
    inEveryLife(({ postmortem }, facts) => {
      if (!has(facts, 'postmortem_approved')) return;
      approvals += 1;
      const agreed = postmortem.reviews.filter(
        (one) => one.decision === 'approve' && one.revision === postmortem.revision,
      );
      expect(agreed.map((one) => one.person)).not.toContain(postmortem.author);
      expect(agreed.length).toBeGreaterThan(0);
      for (const group of REVIEW_GROUPS) {
        expect(agreed.filter((one) => one.group === group).length).toBeGreaterThanOrEqual(
          postmortem.quorum[group],
        );
      }
    });
    expect(approvals).toBeGreaterThan(0);
  });

  it('an edit voids approvals', () => {
    let voided = 0;
    inEveryLife(({ postmortem }, facts, before) => {
      if (!has(facts, 'postmortem_edited')) return;
      voided += before.postmortem.reviews.filter((one) => one.decision === 'approve').length;
      expect(postmortem.revision).toBe(before.postmortem.revision + 1);
      expect(postmortem.reviews.map((one) => one.decision)).not.toContain('approve');
    });
    expect(voided).toBeGreaterThan(0);
  });

  it('nobody is asked twice, and a review can always end', () => {
    inEveryLife(({ postmortem }) => {
      const asked = postmortem.reviews.map((one) => one.person);
      expect(new Set(asked).size).toBe(asked.length);
      if (postmortem.status !== 'in_review') return;
      for (const group of REVIEW_GROUPS) {
        const left = postmortem.reviews.filter((one) => one.group === group && isRequested(one));
        expect(left.length).toBeGreaterThanOrEqual(postmortem.quorum[group]);
      }
    });
  });

  it('reminders are counted up, one at a time, over all submissions', () => {
    inEveryLife((state, _facts, before) => {
      expect([0, 1]).toContain(state.postmortem.reminders - before.postmortem.reminders);
    });
  });
});
