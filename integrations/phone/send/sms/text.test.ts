import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { approvalMessage, noticeMessage, pageMessage } from '../../../shared/testing/messages.js';
import { countSegments, cutToSegments, plainTypography } from '../../../../domain/delivery/sms-segments.js';
import { smsText } from './text.js';

const link = 'https://tocsin.example.com/l/abc';

describe('a segment', () => {
  it.each<[string, string, number]>([
    ['a'.repeat(160), 'GSM-7', 1],
    ['a'.repeat(161), 'GSM-7', 2],
    ['a'.repeat(306), 'GSM-7', 2],
    ['a'.repeat(307), 'GSM-7', 3],
    ['€'.repeat(80), 'GSM-7', 1],
    ['€'.repeat(81), 'GSM-7', 2],
    ['äöüßéà', 'GSM-7', 1],
    ['я'.repeat(70), 'UCS-2', 1],
    ['я'.repeat(71), 'UCS-2', 2],
    ['🔥'.repeat(35), 'UCS-2', 1],
    ['🔥'.repeat(36), 'UCS-2', 2],
  ])('%s', (text, encoding, segments) => expect(countSegments(text)).toEqual({ encoding, segments }));

  it('is not wasted on typography', () => {
    expect(plainTypography('a – b “c” d’e…')).toBe('a - b "c" d\'e...');
  });
});

it.each(['a', 'я', '🔥', '€', '–', 'ack INC-42, '])('an answer is cut to three segments: %s', (part) => {
  const long = part.repeat(2_000);
  const cut = cutToSegments(long);
  expect(countSegments(cut)).toMatchObject({ segments: 3 });
  expect(cut.endsWith('...')).toBe(true);
  expect(plainTypography(long).startsWith(cut.slice(0, -3))).toBe(true);
  expect(cutToSegments(part)).toBe(plainTypography(part));
});

describe('an SMS', () => {
  it('says what, how to answer, and the link', () => {
    expect(smsText(pageMessage(), 'kfmxp')).toBe(
      `[P1] INC-42 Replica lag 900 s (checkout-db). INC-42: Reply 4 to ack, 6 kfmxp to resolve, NO to pass on. ${link}`,
    );
    expect(countSegments(smsText(pageMessage(), 'kfmxp')).segments).toBe(1);
  });

  it('says DRILL first, and that it may be a repeat', () => {
    const text = smsText(pageMessage({ possibleDuplicate: true, incident: { drill: true } }), 'kfmxp');
    expect(text.startsWith('DRILL [P1] INC-42 ')).toBe(true);
    expect(text).toContain('May be a repeat.');
  });

  it('carries the question of an approval and the text of a notice, and asks for no digits then', () => {
    expect(smsText(approvalMessage, 'kfmxp')).toContain(
      `Drain db-2? It takes 2 minutes. Approve or reject: ${link}`,
    );
    expect(smsText(noticeMessage, 'kfmxp')).toContain(`Drained. Open: ${link}`);
    expect(smsText(noticeMessage, 'kfmxp')).not.toContain('Reply 4');
  });

  it('cuts the title, never the number, the hint or the link, and stays in three segments', () => {
    const characters = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('я', '🔥', '€', 'a', '–'));
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 400 }), fc.boolean(), (parts, drill) => {
        const text = smsText(pageMessage({ incident: { title: parts.join(''), drill } }), 'kfmxp');
        expect(countSegments(text).segments).toBeLessThanOrEqual(3);
        expect(text).toMatch(
          /INC-42: Reply 4 to ack, 6 kfmxp to resolve, NO to pass on\. https:\S+\/l\/abc$/,
        );
        // No split character: it would be replaced here.
        expect(Buffer.from(text).toString()).toBe(text);
      }),
    );
  });

  it('uses the room there is', () => {
    const text = smsText(pageMessage({ incident: { title: 'a'.repeat(1_000) } }), 'kfmxp');
    expect(countSegments(text)).toEqual({ encoding: 'GSM-7', segments: 3 });
    expect(text.length).toBeGreaterThan(450);
  });
});
