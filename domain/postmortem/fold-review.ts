/** Folds post-mortem events: `none → draft → in_review → (changes_requested → in_review)* → approved | waived`. */
import type { FactData, IncidentEvent } from '../incident/events.js';
import type { IncidentState, PostmortemState, ReviewState } from '../incident/state.js';
import { hasOwnReview, type PlannedReview, quorumOf, type ReviewKind } from './review-kind.js';

const reviewKinds = [
  'postmortem_drafted',
  'postmortem_edited',
  'postmortem_submitted',
  'review_decided',
  'review_overdue',
  'pulled_out',
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

/** What the plan says; data written before kinds could change holds only the kind and its quorum. */
export const plannedReviewOf = ({ planned, kind, quorum }: PostmortemState): PlannedReview =>
  planned ?? { kind, quorum };

export const plannedPostmortem = (postmortem: PostmortemState, planned: PlannedReview): PostmortemState => ({
  ...postmortem,
  kind: planned.kind,
  quorum: planned.quorum,
  planned,
});

const ofKind = (postmortem: PostmortemState, kind: ReviewKind): PostmortemState => ({
  ...postmortem,
  kind,
  quorum: quorumOf(kind, plannedReviewOf(postmortem)),
});

export const resolvedPostmortem = (
  postmortem: PostmortemState,
  { review }: FactData<'resolved'>,
): PostmortemState => (review === undefined ? postmortem : ofKind(postmortem, review));

/**
 * The kind follows the priority while the incident is open. Afterwards it only becomes heavier: the text is a draft again, and its
 * deadline counts from this moment.
 */
export function replannedPostmortem(
  { status, postmortem }: IncidentState,
  at: string,
  { postmortem: planned, review }: FactData<'priority_set'>,
): PostmortemState {
  if (planned === undefined) return postmortem;
  if (status !== 'resolved') return plannedPostmortem(postmortem, planned);
  return review === undefined ? postmortem : heavierFrom({ ...postmortem, planned }, at, review);
}

/** It stays pulled out when it is reopened and resolved again. */
function pulledOut(postmortem: PostmortemState, at: string, kind: ReviewKind): PostmortemState {
  const planned = { kind, quorum: quorumOf(kind, plannedReviewOf(postmortem)) };
  return heavierFrom({ ...postmortem, planned }, at, kind);
}

const heavierFrom = (postmortem: PostmortemState, at: string, kind: ReviewKind): PostmortemState => ({
  ...ofKind(draftAgain(postmortem), kind),
  since: at,
});

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
    case 'pulled_out':
      return pulledOut(postmortem, event.at, event.data.kind);
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
  const { since: _since, ...draft } = draftAgain(postmortem);
  // How it ends decides the kind once more.
  return draft.planned === undefined ? draft : plannedPostmortem(draft, draft.planned);
}

function draftAgain(postmortem: PostmortemState): PostmortemState {
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

/** No draft yet, or the one from before a reopening: it is drafted when the incident is resolved, and gets its deadline. */
export const isDraftMissing = ({ status, due }: PostmortemState): boolean =>
  status === 'none' || (status === 'draft' && due === null);

/** The draft is missing now. An incident without a post-mortem of its own has none to draft. */
export const isDraftDue = ({ status, postmortem }: Pick<IncidentState, 'status' | 'postmortem'>): boolean =>
  status === 'resolved' && hasOwnReview(postmortem.kind) && isDraftMissing(postmortem);
