/** The sections of a post-mortem: titles, order and size limit. */

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

export const SECTION_TITLES: Readonly<Record<SectionName, string>> = {
  summary: 'Summary',
  systemsAffected: 'Systems affected',
  usersAffected: 'Users affected',
  rootCauses: 'Contributing causes',
  wentWell: 'What went well',
  wentBadly: 'What went badly',
  lessons: 'Lessons',
};

/** Markdown by section; `''` is not written yet. */
export type Sections = Record<SectionName, string>;

/** Maximum UTF-8 bytes of one section. */
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

/** The sections whose text this patch changes. Line ends are ignored, because forms send CRLF. */
export const changedSections = (before: Sections, patch: Partial<Sections>): SectionName[] =>
  SECTIONS.filter((name) => patch[name] !== undefined && asKept(patch[name]) !== before[name]);

/** The sections with a patch applied. */
export function patchedSections(before: Sections, patch: Partial<Sections>): Sections {
  const after = { ...before };
  for (const name of SECTIONS) {
    const text = patch[name];
    if (text !== undefined) after[name] = asKept(text);
  }
  return after;
}

/** LF line ends, without characters that jsonb cannot store (NUL, half a surrogate pair). */
const asKept = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll('\u0000', '')
    .replace(/\p{Surrogate}/gu, '\uFFFD');

/** Describes the first section over the limit; null when all fit. */
export function tooLongSection(patch: Partial<Sections>): string | null {
  const found = SECTIONS.find((name) => utf8Length(patch[name] ?? '') > SECTION_LIMIT_BYTES);
  return found === undefined
    ? null
    : `${SECTION_TITLES[found]} is longer than ${SECTION_LIMIT_BYTES / 1024} KiB`;
}

/** Bytes in UTF-8, counted by code point: this folder runs where neither Node nor TextEncoder exists. */
function utf8Length(text: string): number {
  if (text.length * 3 <= SECTION_LIMIT_BYTES) return text.length;
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
