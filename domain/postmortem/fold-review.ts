/** Folds post-mortem events: `none → draft → in_review → (changes_requested → in_review)* → approved | waived`. */
import type { FactData, IncidentEvent } from '../incident/events.js';
import type { PostmortemState, ReviewState } from '../incident/state.js';

const reviewKinds = [
  'postmortem_drafted',
  'postmortem_edited',
  'postmortem_submitted',
  'review_decided',
  'review_overdue',
  'postmortem_approved',
  'postmortem_waived',
] as const;

/** Events of a post-mortem. `closed` is not one of them: it belongs to the incident. */
export type ReviewEvent = Extract<IncidentEvent, { kind: (typeof reviewKinds)[number] }>;

const kinds: ReadonlySet<string> = new Set(reviewKinds);

export const isReviewEvent = (event: IncidentEvent): event is ReviewEvent => kinds.has(event.kind);

/** State before a draft. `opened` replaces kind and quorum by those of the response plan. */
export const noPostmortem: PostmortemState = {
  status: 'none',
  kind: 'full',
  revision: 0,
  author: null,
  due: null,
  quorum: { participants: 1, stakeholders: 1 },
  reviews: [],
  reminders: 0,
};

/**
 * The text changed or the incident was reopened, so existing approvals are void. The revision of the person's last decision
 * stays, so that the difference since then can be shown.
 */
const withoutApprovals = (reviews: ReviewState[]): ReviewState[] =>
  reviews.map((review) => (review.decision === 'approve' ? { ...review, decision: 'pending' } : review));

function submitted(postmortem: PostmortemState, data: FactData<'postmortem_submitted'>): PostmortemState {
  const lastLook = new Map(postmortem.reviews.map((review) => [review.person, review.revision]));
  const reviews = data.reviewers.map(({ person, group }): ReviewState => {
    return {
      person,
      group,
      decision: 'pending',
      comment: null,
      revision: lastLook.get(person) ?? 0,
      at: null,
    };
  });
  return {
    ...postmortem,
    status: 'in_review',
    revision: data.revision,
    author: data.author,
    due: data.due,
    reviews,
  };
}

function decided(postmortem: PostmortemState, at: string, data: FactData<'review_decided'>): PostmortemState {
  const { person, group, decision, comment, to, revision } = data;
  const reviews = postmortem.reviews.map((review) =>
    review.person === person ? { ...review, decision, comment, revision, at } : review,
  );
  if (decision === 'delegate' && to !== null) {
    const asked: ReviewState = {
      person: to,
      group,
      decision: 'pending',
      comment: null,
      revision: 0,
      at: null,
    };
    return { ...postmortem, reviews: [...reviews.filter((review) => review.person !== to), asked] };
  }
  return {
    ...postmortem,
    reviews,
    status: decision === 'request_changes' ? 'changes_requested' : postmortem.status,
  };
}

/** Applies one event. `reminders` only grows, even across a resubmission, so that ledger keys of reminders never repeat. */
export function foldReview(postmortem: PostmortemState, event: ReviewEvent): PostmortemState {
  switch (event.kind) {
    case 'postmortem_drafted':
      return { ...postmortem, ...event.data, status: 'draft', revision: Math.max(1, postmortem.revision) };
    case 'postmortem_edited':
      return { ...postmortem, revision: event.data.revision, reviews: withoutApprovals(postmortem.reviews) };
    case 'postmortem_submitted':
      return submitted(postmortem, event.data);
    case 'review_decided':
      return decided(postmortem, event.at, event.data);
    case 'review_overdue':
      return { ...postmortem, reminders: event.data.reminder };
    case 'postmortem_approved':
      return { ...postmortem, status: 'approved' };
    case 'postmortem_waived':
      return { ...postmortem, status: 'waived' };
  }
}

/**
 * After `reopened` a written text is a draft again until the next resolution, and approvals are void. Without a due date the
 * draft may be created once more, which sets the new deadline and keeps the written text.
 */
export function reopenedPostmortem(postmortem: PostmortemState): PostmortemState {
  // Waived before a draft existed: there is no text to return to.
  if (postmortem.revision === 0) return { ...postmortem, status: 'none' };
  return {
    ...postmortem,
    status: 'draft',
    author: null,
    due: null,
    reviews: withoutApprovals(postmortem.reviews),
  };
}
