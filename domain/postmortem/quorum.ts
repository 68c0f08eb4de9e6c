/** Who has to agree before a post-mortem is approved (domain.md, Post-mortem gate: quorum per group). */
import type { PostmortemState, ReviewGroup, ReviewState } from '../incident/state.js';

export const REVIEW_GROUPS: readonly ReviewGroup[] = ['participants', 'stakeholders'];

type Quorum = PostmortemState['quorum'];

/** Who passed the review on or declined it is no longer asked. */
export const isAsked = (review: ReviewState): boolean =>
  review.decision !== 'delegate' && review.decision !== 'decline';

const counts = (reviews: readonly ReviewState[], matches: (review: ReviewState) => boolean): Quorum => ({
  participants: reviews.filter((review) => review.group === 'participants' && matches(review)).length,
  stakeholders: reviews.filter((review) => review.group === 'stakeholders' && matches(review)).length,
});

/** Enough people in every group, and at least one at all: a quorum of 0 + 0 still needs a second pair of eyes. */
const isEnough = (quorum: Quorum, there: Quorum): boolean =>
  there.participants >= quorum.participants &&
  there.stakeholders >= quorum.stakeholders &&
  there.participants + there.stakeholders > 0;

/** Have enough people of each group approved exactly this revision of the text? */
export const isQuorumReached = (postmortem: PostmortemState, reviews: readonly ReviewState[]): boolean =>
  isEnough(
    postmortem.quorum,
    counts(reviews, (review) => review.decision === 'approve' && review.revision === postmortem.revision),
  );

/** Could these people still reach the quorum, if each of them who is asked approved? */
export const isQuorumPossible = (quorum: Quorum, reviews: readonly ReviewState[]): boolean =>
  isEnough(quorum, counts(reviews, isAsked));

/** The groups whose quorum these people cannot fill, with how many are there and how many are needed. */
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
