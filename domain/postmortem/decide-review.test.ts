import { describe, expect, it } from '@jest/globals';
import type { IncidentCommand } from '../incident/commands.js';
import type { IncidentState, ReviewDecision } from '../incident/state.js';
import { COMMENT_LIMIT, refuseClose } from './decide-review.js';
import {
  ask,
  draftedIncident,
  due,
  dueMinute,
  happen,
  openedIncident,
  outcomeOf,
  resolvedIncident,
  reviewers,
  submittedIncident,
} from './review-fixtures.js';

const quorum = { participants: 1, stakeholders: 1 };
const opened = openedIncident({ kind: 'full', quorum });
const review = (
  person: string,
  decision: ReviewDecision,
  comment: string | null = null,
  to: string | null = null,
): IncidentCommand => ({
  type: 'decide_review',
  person,
  decision,
  comment,
  to,
});
const draft: IncidentCommand = { type: 'draft_postmortem', due };
const edit: IncidentCommand = { type: 'edit_postmortem', sections: ['lessons'] };
const submit = (asked = reviewers(['bo'], ['dana']), missing: string[] = []): IncidentCommand => ({
  type: 'submit_postmortem',
  author: 'ana',
  missing,
  reviewers: asked,
  due,
});
const waive = (reason: string): IncidentCommand => ({ type: 'waive_postmortem', reason });

const after = (state: IncidentState, ...commands: IncidentCommand[]): IncidentState =>
  commands.reduce((current, command) => ask(current, command).state, state);

const approved = after(submittedIncident(), review('bo', 'approve'), review('dana', 'approve'));
const waived = after(resolvedIncident(), waive('a transient'));
const changesRequested = after(submittedIncident(), review('bo', 'request_changes', 'why did it page late?'));

describe('the post-mortem gate', () => {
  it.each<[string, IncidentState, IncidentCommand, string]>([
    ['drafts when resolved', resolvedIncident(), draft, 'accepted'],
    ['drafts once', draftedIncident(), draft, 'unchanged'],
    ['does not draft over an approved one', approved, draft, 'unchanged'],
    ['does not draft before the end', opened, draft, 'not_resolved'],

    ['edits a draft', draftedIncident(), edit, 'accepted'],
    ['edits in review', submittedIncident(), edit, 'accepted'],
    ['edits after changes were requested', changesRequested, edit, 'accepted'],
    ['does not edit what is not there', resolvedIncident(), edit, 'no_postmortem'],
    ['does not edit an approved one', approved, edit, 'already_approved'],
    ['does not edit a waived one', waived, edit, 'already_waived'],
    [
      'takes an edit of nothing as no edit',
      draftedIncident(),
      { type: 'edit_postmortem', sections: [] },
      'unchanged',
    ],

    ['submits a draft', draftedIncident(), submit(), 'accepted'],
    ['submits again after changes', changesRequested, submit(), 'accepted'],
    ['submits once', submittedIncident(), submit(), 'unchanged'],
    ['does not submit with gaps', draftedIncident(), submit(undefined, ['rootCauses']), 'sections_missing'],
    ['does not submit to nobody', draftedIncident(), submit([]), 'no_reviewers'],
    [
      'does not submit without a stakeholder',
      draftedIncident(),
      submit(reviewers(['bo'], [])),
      'no_reviewers',
    ],
    [
      'does not count the author as a reviewer',
      draftedIncident(),
      submit(reviewers(['ana'], ['dana'])),
      'no_reviewers',
    ],
    [
      'asks for one reviewer even at quorum 0',
      draftedIncident({ participants: 0, stakeholders: 0 }),
      submit([]),
      'no_reviewers',
    ],

    ['takes an approval', submittedIncident(), review('bo', 'approve'), 'accepted'],
    [
      'takes it once',
      after(submittedIncident(), review('bo', 'approve')),
      review('bo', 'approve'),
      'unchanged',
    ],
    ['answers the repeat of the last approval', approved, review('dana', 'approve'), 'unchanged'],
    ['asks only the asked', submittedIncident(), review('cleo', 'approve'), 'not_a_reviewer'],
    ['does not let the author approve', submittedIncident(), review('ana', 'approve'), 'own_postmortem'],
    [
      'wants to know what has to change',
      submittedIncident(),
      review('bo', 'request_changes', ' '),
      'comment_required',
    ],
    [
      'takes the wish for changes',
      submittedIncident(),
      review('bo', 'request_changes', 'why late?'),
      'accepted',
    ],
    ['takes a second one', changesRequested, review('dana', 'request_changes', 'and users?'), 'accepted'],
    [
      'does not approve what is being changed',
      changesRequested,
      review('dana', 'approve'),
      'changes_requested',
    ],
    ['does not review a draft', draftedIncident(), review('bo', 'approve'), 'not_in_review'],
    [
      'does not review an approved one',
      approved,
      review('bo', 'request_changes', 'too late'),
      'already_approved',
    ],
    ['does not review a waived one', waived, review('bo', 'approve'), 'already_waived'],
    [
      'caps a comment',
      submittedIncident(),
      review('bo', 'approve', 'x'.repeat(COMMENT_LIMIT + 1)),
      'comment_too_long',
    ],

    ['passes a review on', submittedIncident(), review('bo', 'delegate', null, 'cleo'), 'accepted'],
    ['passes it on to somebody', submittedIncident(), review('bo', 'delegate'), 'delegate_required'],
    [
      'passes it on to somebody else',
      submittedIncident(),
      review('bo', 'delegate', null, 'bo'),
      'delegate_required',
    ],
    [
      'does not pass it to the author',
      submittedIncident(),
      review('bo', 'delegate', null, 'ana'),
      'own_postmortem',
    ],
    [
      'does not pass it to the asked',
      submittedIncident(),
      review('bo', 'delegate', null, 'dana'),
      'already_a_reviewer',
    ],
    [
      'does not ask who passed it on',
      after(submittedIncident(), review('bo', 'delegate', null, 'cleo')),
      review('bo', 'approve'),
      'not_a_reviewer',
    ],
    [
      'takes a no while others are left',
      submittedIncident(reviewers(['bo', 'cleo'], ['dana'])),
      review('bo', 'decline'),
      'accepted',
    ],
    ['does not take the no of the last', submittedIncident(), review('bo', 'decline'), 'last_reviewer'],

    ['waives with a reason', resolvedIncident(), waive('a transient'), 'accepted'],
    ['waives a text in review', submittedIncident(), waive('duplicate of INC-7'), 'accepted'],
    ['wants the reason', resolvedIncident(), waive(' '), 'reason_required'],
    ['waives once', waived, waive('again'), 'unchanged'],
    ['does not waive an approved one', approved, waive('late'), 'already_approved'],
    ['does not waive what is not over', opened, waive('shortcut'), 'not_resolved'],
  ])('%s', (_claim, state, command, expected) => {
    expect(outcomeOf(ask(state, command).decision)).toBe(expected);
  });

  const remind = (reminder: number): IncidentCommand => ({ type: 'remind_review', reminder, people: ['bo'] });
  const day = 24 * 60;

  it.each<[string, IncidentState, number, number, string]>([
    ['reviewers', submittedIncident(), dueMinute, 1, 'accepted'],
    ['the author of a draft', draftedIncident(), dueMinute, 1, 'accepted'],
    ['the author who was asked for changes', changesRequested, dueMinute, 1, 'accepted'],
    ['nobody early', submittedIncident(), dueMinute - 1, 1, 'unchanged'],
    ['nobody by a timer that skips', submittedIncident(), dueMinute + 2 * day, 2, 'unchanged'],
    ['nobody once approved', approved, dueMinute, 1, 'unchanged'],
    [
      'nobody of a reopened incident',
      happen(submittedIncident(), [{ kind: 'reopened', data: { reason: null } }]),
      dueMinute,
      1,
      'unchanged',
    ],
  ])('reminds %s', (_whom, state, minute, reminder, expected) => {
    expect(outcomeOf(ask(state, remind(reminder), 'tocsin', minute).decision)).toBe(expected);
  });

  it('reminds once a day', () => {
    const { state } = ask(submittedIncident(), remind(1), 'tocsin', dueMinute + 5);
    expect(outcomeOf(ask(state, remind(1), 'tocsin', dueMinute + day).decision)).toBe('unchanged');
    expect(outcomeOf(ask(state, remind(2), 'tocsin', dueMinute + day - 1).decision)).toBe('unchanged');
    expect(outcomeOf(ask(state, remind(2), 'tocsin', dueMinute + day).decision)).toBe('accepted');
  });

  it('closes in the decision that reaches the quorum of every group', () => {
    const one = ask(submittedIncident(), review('bo', 'approve'), 'bo');
    expect(one.state.status).toBe('resolved');
    const { decision, state } = ask(one.state, review('dana', 'approve'), 'dana');
    expect(decision).toMatchObject({
      facts: [
        { kind: 'review_decided' },
        { kind: 'postmortem_approved', data: { revision: 2 } },
        { kind: 'closed', data: { because: 'approved' } },
      ],
    });
    expect([state.status, state.postmortem.status]).toEqual(['closed', 'approved']);
  });

  it('counts the one who took a review over, not the one who passed it on', () => {
    const state = after(
      submittedIncident(),
      review('dana', 'approve'),
      review('bo', 'approve', null),
      review('bo', 'delegate', null, 'cleo'),
    );
    expect(state.status).toBe('closed');
    const passedOn = after(
      submittedIncident(),
      review('bo', 'delegate', 'on leave', 'cleo'),
      review('dana', 'approve'),
    );
    expect(passedOn.status).toBe('resolved');
    expect(after(passedOn, review('cleo', 'approve')).status).toBe('closed');
  });

  it('voids approvals when the text changes, and says what each person last saw', () => {
    const state = after(submittedIncident(), review('bo', 'approve'), edit);
    expect(state.postmortem.status).toBe('in_review');
    expect(state.postmortem.reviews[0]).toMatchObject({ person: 'bo', decision: 'pending', revision: 2 });
    expect(after(state, review('dana', 'approve')).status).toBe('resolved');
    expect(after(state, review('dana', 'approve'), review('bo', 'approve')).status).toBe('closed');
  });

  it('asks everybody again after changes were requested', () => {
    const state = after(
      submittedIncident(),
      review('dana', 'approve'),
      review('bo', 'request_changes', 'no'),
      edit,
      submit(),
    );
    expect(state.postmortem.reviews.map(({ decision }) => decision)).toEqual(['pending', 'pending']);
    expect(after(state, review('bo', 'approve'), review('dana', 'approve')).status).toBe('closed');
  });

  it('goes back to a draft when the incident is reopened, and asks for a new deadline once it is over again', () => {
    const reopened = happen(approved, [{ kind: 'reopened', data: { reason: 'it is back' } }]);
    expect(reopened).toMatchObject({
      status: 'triggered',
      postmortem: { status: 'draft', due: null, revision: 2 },
    });
    const over = happen(reopened, [{ kind: 'resolved', data: { comment: null, because: 'person' } }]);
    expect(outcomeOf(ask(over, review('bo', 'approve')).decision)).toBe('not_in_review');
    expect(after(over, draft).postmortem).toMatchObject({ status: 'draft', due, revision: 2 });
  });

  it('has nothing to go back to when it was waived before anything was drafted', () => {
    const reopened = happen(waived, [{ kind: 'reopened', data: { reason: null } }]);
    expect(reopened.postmortem.status).toBe('none');
  });

  it('answers any other wish to close with what is needed', () => {
    const refusal = refuseClose(resolvedIncident());
    expect(refusal).toMatchObject({ kind: 'refused', code: 'postmortem_required' });
  });
});
