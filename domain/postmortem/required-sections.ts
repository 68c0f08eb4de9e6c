/** Sections that must be written before a review can be requested (docs/domain.md, Post-mortem gate: kind per priority). */
import { hasOwnReview, type OwnReviewKind, type ReviewKind } from './review-kind.js';
import { type SectionName, type Sections, SECTIONS } from './sections.js';

const REQUIRED_SECTIONS: Readonly<Record<OwnReviewKind, readonly SectionName[]>> = {
  full: SECTIONS,
  light: ['summary', 'rootCauses'],
};

/** The required sections that contain only white space, in the order of the form. */
export const missingSections = (kind: ReviewKind, sections: Sections): SectionName[] =>
  requiredSections(kind).filter((name) => sections[name].trim() === '');

/** None without a post-mortem of its own. */
export const requiredSections = (kind: ReviewKind): readonly SectionName[] =>
  hasOwnReview(kind) ? REQUIRED_SECTIONS[kind] : [];
