/**
 * How heavily an incident is reviewed (docs/domain.md, Post-mortem gate): a pure function of the plan, the priority, and how the
 * incident ended. No kind lets an incident close unreviewed except `none`, which a plan has to say with a reason.
 */
import type { Priority } from '../config/terms.js';

/**
 * `full`, `light`: a post-mortem of its own. `digest`: one item of the team's digest. `none`: closed when it is resolved, because
 * the plan says so.
 */
export const REVIEW_KINDS = ['full', 'light', 'digest', 'none'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** The kinds with a text and reviewers of their own. */
export type OwnReviewKind = 'full' | 'light';

export interface ReviewQuorum {
  participants: number;
  stakeholders: number;
}

export const FULL_QUORUM: ReviewQuorum = { participants: 1, stakeholders: 1 };
export const LIGHT_QUORUM: ReviewQuorum = { participants: 1, stakeholders: 0 };

/** What the response plan says about the review of a priority, frozen with the incident. */
export interface PlannedReview {
  kind: ReviewKind;
  quorum: ReviewQuorum;
  /** The kind of an incident that resolved by itself before anybody acknowledged; absent: the same kind. */
  unacknowledged?: 'digest';
  /** With `none`: why nobody reviews it. */
  reason?: string;
  /** With `none`: the plan that says so. */
  plan?: string;
}

export interface ReviewFacts {
  planned: PlannedReview;
  priority: Priority;
  isDrill: boolean;
  /** All alerts closed, and nobody had acknowledged. */
  endedByItself: boolean;
}

/** Priorities that always have a post-mortem of their own, whatever a plan says. */
export const alwaysHasOwnReview = (priority: Priority): boolean => priority === 'P1' || priority === 'P2';

export const hasOwnReview = (kind: ReviewKind): kind is OwnReviewKind => kind === 'full' || kind === 'light';

export function reviewKind({ planned, priority, isDrill, endedByItself }: ReviewFacts): ReviewKind {
  if (alwaysHasOwnReview(priority)) return planned.kind === 'light' ? 'light' : 'full';
  const kind = endedByItself ? (planned.unacknowledged ?? planned.kind) : planned.kind;
  // A rehearsal is reviewed for itself: between real incidents it would be taken for one of them.
  return kind === 'digest' && isDrill ? 'light' : kind;
}

/** The heavier of two kinds: a review under way is never lowered. */
export const heavierKind = (one: ReviewKind, other: ReviewKind): ReviewKind =>
  REVIEW_KINDS.indexOf(one) <= REVIEW_KINDS.indexOf(other) ? one : other;

/** The quorum of a kind: the plan's own where the plan is about this kind, else the built-in one. */
export const quorumOf = (kind: ReviewKind, planned: PlannedReview): ReviewQuorum => {
  if (kind === 'full') return planned.kind === 'full' ? planned.quorum : FULL_QUORUM;
  return planned.kind === 'full' ? LIGHT_QUORUM : planned.quorum;
};
