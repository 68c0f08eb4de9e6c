import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  changedSections,
  noSections,
  patchedSections,
  SECTION_LIMIT_BYTES,
  tooLongSection,
} from './sections.js';

it('takes a form that came back with other line ends as unchanged', () => {
  const before = { ...noSections, lessons: 'one\ntwo' };
  expect(changedSections(before, { lessons: 'one\r\ntwo', summary: '' })).toEqual([]);
  expect(changedSections(before, { lessons: 'one\r\nthree' })).toEqual(['lessons']);
});

it('changes only the sections of the patch', () => {
  const before = { ...noSections, summary: 'lag', lessons: 'none' };
  expect(patchedSections(before, { lessons: 'watch it' })).toEqual({ ...before, lessons: 'watch it' });
});

it('drops what jsonb cannot hold', () => {
  const lone = String.fromCharCode(0xd83d);
  expect(patchedSections(noSections, { summary: `a\u0000b${lone}c 🙂` }).summary).toBe('ab\uFFFDc 🙂');
});

it('counts bytes of UTF-8', () => {
  expect(tooLongSection({ summary: 'x'.repeat(SECTION_LIMIT_BYTES) })).toBeNull();
  expect(tooLongSection({ summary: 'x'.repeat(SECTION_LIMIT_BYTES + 1) })).toBe(
    'Summary is longer than 64 KiB',
  );
  expect(tooLongSection({ lessons: 'ü'.repeat(SECTION_LIMIT_BYTES / 2) })).toBeNull();
  expect(tooLongSection({ lessons: '€'.repeat(SECTION_LIMIT_BYTES / 2) })).toBe(
    'Lessons is longer than 64 KiB',
  );
});

it('agrees with the platform on the length of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 20, maxLength: 60 }), (text) => {
      const long = text.repeat(Math.ceil(SECTION_LIMIT_BYTES / Buffer.byteLength(text)));
      expect(tooLongSection({ summary: long }) !== null).toBe(Buffer.byteLength(long) > SECTION_LIMIT_BYTES);
    }),
    { numRuns: 20 },
  );
});
