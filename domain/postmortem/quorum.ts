/** Quorum of a post-mortem's approval (docs/domain.md, Post-mortem gate: quorum per group). */
import type { PostmortemState, ReviewGroup, ReviewState } from '../incident/state.js';

export const REVIEW_GROUPS: readonly ReviewGroup[] = ['participants', 'stakeholders'];

type Quorum = PostmortemState['quorum'];

/** A person who delegated or declined the review is no longer a reviewer. */
export const isRequested = (review: ReviewState): boolean =>
  review.decision !== 'delegate' && review.decision !== 'decline';

const counts = (reviews: readonly ReviewState[], matches: (review: ReviewState) => boolean): Quorum => ({
  participants: reviews.filter((review) => review.group === 'participants' && matches(review)).length,
  stakeholders: reviews.filter((review) => review.group === 'stakeholders' && matches(review)).length,
});

/** Enough people in every group, and at least one in total: a quorum of 0 + 0 still needs a second person. */
const isEnough = (quorum: Quorum, there: Quorum): boolean =>
  there.participants >= quorum.participants &&
  there.stakeholders >= quorum.stakeholders &&
  there.participants + there.stakeholders > 0;

/** True when enough people of each group approved exactly this revision of the text. */
export const isQuorumReached = (postmortem: PostmortemState, reviews: readonly ReviewState[]): boolean =>
  isEnough(
    postmortem.quorum,
    counts(reviews, (review) => review.decision === 'approve' && review.revision === postmortem.revision),
  );

/** True when these people could reach the quorum if every remaining reviewer approved. */
export const isQuorumPossible = (quorum: Quorum, reviews: readonly ReviewState[]): boolean =>
  isEnough(quorum, counts(reviews, isRequested));

/** The groups whose quorum these people cannot reach, with the number available and the number needed. */
export function unfilledGroups(
  quorum: Quorum,
  reviewers: readonly { group: ReviewGroup }[],
): { group: ReviewGroup; there: number; needed: number }[] {
  const short = REVIEW_GROUPS.map((group) => {
    const there = reviewers.filter((reviewer) => reviewer.group === group).length;
    return { group, there, needed: quorum[group] };
  }).filter(({ there, needed }) => there < needed);
  if (short.length === 0 && reviewers.length === 0) return [{ group: 'participants', there: 0, needed: 1 }];
  return short;
}
