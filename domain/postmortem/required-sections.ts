/** Sections that must be written before a review can be requested (docs/domain.md, Post-mortem gate: kind per priority). */
import { type SectionName, type Sections, SECTIONS } from './sections.js';

export const REQUIRED_SECTIONS: Readonly<Record<'full' | 'light', readonly SectionName[]>> = {
  full: SECTIONS,
  light: ['summary', 'rootCauses'],
};

/** The required sections that contain only white space, in the order of the form. */
export const missingSections = (kind: 'full' | 'light', sections: Sections): SectionName[] =>
  REQUIRED_SECTIONS[kind].filter((name) => sections[name].trim() === '');
