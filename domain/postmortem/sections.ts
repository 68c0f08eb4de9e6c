/** The texts of a post-mortem: what they are called, which must be written, how long they may be. */

export const SECTIONS = [
  'summary',
  'systemsAffected',
  'usersAffected',
  'rootCauses',
  'wentWell',
  'wentBadly',
  'lessons',
] as const;

export type SectionName = (typeof SECTIONS)[number];

/** Markdown by section; `''` is not written yet. */
export type Sections = Record<SectionName, string>;

/** Bytes of UTF-8 that one section may hold. */
export const SECTION_LIMIT_BYTES = 64 * 1024;

export const noSections: Sections = {
  summary: '',
  systemsAffected: '',
  usersAffected: '',
  rootCauses: '',
  wentWell: '',
  wentBadly: '',
  lessons: '',
};

/** The sections whose text this patch changes. Line ends do not count: forms send CRLF. */
export const changedSections = (before: Sections, patch: Partial<Sections>): SectionName[] =>
  SECTIONS.filter((name) => patch[name] !== undefined && withLf(patch[name]) !== before[name]);

/** The sections with a patch applied. */
export function patchedSections(before: Sections, patch: Partial<Sections>): Sections {
  const after = { ...before };
  for (const name of SECTIONS) {
    const text = patch[name];
    if (text !== undefined) after[name] = withLf(text);
  }
  return after;
}

const withLf = (text: string): string => text.replaceAll('\r\n', '\n');
