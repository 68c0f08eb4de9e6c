/** One reviewer's decision: approve, request changes, delegate, decline. The last required approval closes the incident. */
import {
  type CommandContext,
  type Decision,
  type ReviewCommand,
  accepted,
  refused,
  unchanged,
} from '../incident/commands.js';
import type { FactData } from '../incident/events.js';
import type { IncidentState, ReviewState } from '../incident/state.js';
import { isRequested, isQuorumPossible, isQuorumReached } from './quorum.js';

type DecideReview = Extract<ReviewCommand, { type: 'decide_review' }>;

export function decideReviewer(
  state: IncidentState,
  command: DecideReview,
  context: CommandContext,
): Decision {
  const { postmortem } = state;
  const review = postmortem.reviews.find((candidate) => candidate.person === command.person);
  if (review !== undefined && isRepeat(review, command, postmortem.revision)) return unchanged;
  const notNow = ifNotInReview(state, command);
  if (notNow !== null) return notNow;
  if (command.person === postmortem.author && command.decision === 'approve') {
    return refused(
      'own_postmortem',
      `${command.person} submitted this post-mortem; another person has to approve it`,
    );
  }
  if (review === undefined || review.decision === 'delegate') {
    const delegated = review === undefined ? '' : ' any more (the review was delegated)';
    return refused(
      'not_a_reviewer',
      `${command.person} is not a reviewer of ${state.number}${delegated}; the reviewers are ${requestedPeople(state)}`,
    );
  }
  if (command.revision !== undefined && command.revision !== postmortem.revision) {
    return refused(
      'edited_meanwhile',
      `The text was changed while you read it: you saw revision ${command.revision}, now it is ${postmortem.revision}`,
    );
  }
  switch (command.decision) {
    case 'approve':
      return approve(state, review, command, context);
    case 'request_changes':
      return (command.comment ?? '').trim() === ''
        ? refused('comment_required', 'Say in the comment what has to change')
        : accepted({ kind: 'review_decided', data: decisionOf(state, review, command) });
    case 'decline':
      return decline(state, review, command);
    case 'delegate':
      return delegate(state, review, command);
  }
}

const requestedPeople = (state: IncidentState): string =>
  state.postmortem.reviews
    .filter(isRequested)
    .map((review) => review.person)
    .join(', ') || 'nobody';

/** A second tap, a reload, a link scanner: the decision is recorded already. */
const isRepeat = (review: ReviewState, command: DecideReview, revision: number): boolean =>
  review.decision === command.decision &&
  review.revision === revision &&
  command.decision !== 'delegate' &&
  (command.decision === 'approve' || review.comment === command.comment);

function ifNotInReview(state: IncidentState, command: DecideReview): Decision | null {
  switch (state.postmortem.status) {
    case 'in_review':
      return null;
    case 'changes_requested':
      // Further requests for changes are accepted until the author resubmits the text.
      return command.decision === 'request_changes'
        ? null
        : refused(
            'changes_requested',
            `Changes to the post-mortem of ${state.number} were requested; your review is requested again when it is resubmitted`,
          );
    case 'approved':
      return refused('already_approved', `The post-mortem of ${state.number} is approved already`);
    case 'waived':
      return refused('already_waived', `The post-mortem of ${state.number} was waived`);
    case 'none':
    case 'draft':
      return refused('not_in_review', `The post-mortem of ${state.number} has not been submitted for review`);
  }
}

const decisionOf = (
  state: IncidentState,
  review: ReviewState,
  command: DecideReview,
): FactData<'review_decided'> => ({
  person: review.person,
  group: review.group,
  decision: command.decision,
  comment: command.comment,
  to: null,
  revision: state.postmortem.revision,
});

function approve(
  state: IncidentState,
  review: ReviewState,
  command: DecideReview,
  context: CommandContext,
): Decision {
  const { postmortem } = state;
  const data = decisionOf(state, review, command);
  const decided = { kind: 'review_decided', data } as const;
  const reviews = postmortem.reviews.map((one) =>
    one.person === review.person
      ? { ...one, decision: data.decision, revision: data.revision, at: context.now }
      : one,
  );
  if (!isQuorumReached(postmortem, reviews)) return accepted(decided);
  return accepted(
    decided,
    { kind: 'postmortem_approved', data: { revision: postmortem.revision } },
    { kind: 'closed', data: { because: 'approved' } },
  );
}

function decline(state: IncidentState, review: ReviewState, command: DecideReview): Decision {
  const others = state.postmortem.reviews.filter((one) => one.person !== review.person);
  // Otherwise the review could never end, because the remaining reviewers cannot reach the quorum.
  if (!isQuorumPossible(state.postmortem.quorum, others)) {
    return refused(
      'last_reviewer',
      `Without ${review.person} the ${review.group} cannot reach their quorum; delegate the review to another person`,
    );
  }
  return accepted({ kind: 'review_decided', data: decisionOf(state, review, command) });
}

function delegate(state: IncidentState, review: ReviewState, command: DecideReview): Decision {
  const { to } = command;
  if (to === null || to === review.person) {
    return refused('delegate_required', 'Name the person who reviews this instead');
  }
  if (to === state.postmortem.author) {
    return refused('own_postmortem', `${to} submitted this post-mortem and cannot approve it`);
  }
  const already = state.postmortem.reviews.find((one) => one.person === to);
  if (already !== undefined && isRequested(already)) {
    return refused('already_a_reviewer', `${to} is a reviewer of this already`);
  }
  return accepted({ kind: 'review_decided', data: { ...decisionOf(state, review, command), to } });
}
