import { describe, expect, it } from '@jest/globals';
import type { ParsedReply, ReplyTarget } from './grammar.js';
import {
  CODE_WANTED,
  CODES_SPENT,
  proofOfPages,
  proofWithoutPages,
  type TextedPage,
  WRONG_CODE,
  WRONG_CODES_MAX,
} from './sms-proof.js';

const latest: ReplyTarget = { kind: 'latest' };
const all: ReplyTarget = { kind: 'all', service: null };
const inc = (n: number): ReplyTarget => ({ kind: 'incident', number: `INC-${n}` });
const page = (n: number, more: Partial<TextedPage> = {}): TextedPage => ({
  number: `INC-${n}`,
  isOpen: true,
  isNamed: false,
  ...more,
});
const named = page(2, { isNamed: true });
const ended = page(2, { isNamed: true, isOpen: false });

describe('a text without a comparison of codes', () => {
  it.each<[ParsedReply['intent'], ReplyTarget, string | null, ReturnType<typeof proofWithoutPages>]>([
    ['acknowledge', latest, null, { kind: 'enough' }],
    ['escalate', inc(1), null, { kind: 'enough' }],
    ['decline', latest, null, { kind: 'enough' }],
    ['resolve', latest, null, { kind: 'refused', text: CODE_WANTED }],
    ['resolve', inc(1), null, { kind: 'refused', text: CODE_WANTED }],
    ['acknowledge', all, null, { kind: 'refused', text: CODE_WANTED }],
    ['acknowledge', latest, 'kfmxp', null],
    ['resolve', latest, 'kfmxp', null],
  ])('%s of %j with the code %s: %j', (intent, target, code, proof) => {
    expect(proofWithoutPages({ intent, target }, code)).toEqual(proof);
  });
});

describe('a text with a code', () => {
  const wrong = { kind: 'refused', text: WRONG_CODE };
  it.each<[string, ReplyTarget, readonly TextedPage[], object]>([
    ['means the page of the code', latest, [page(1), named], { kind: 'enough', number: 'INC-2' }],
    ['may name its own incident', inc(2), [page(1), named], { kind: 'enough' }],
    [
      'may not name another one',
      inc(1),
      [page(1), named],
      { kind: 'refused', text: 'That code is of INC-2, not of INC-1.' },
    ],
    ['may mean all', all, [named], { kind: 'enough' }],
    ['of no page is wrong', latest, [page(1)], wrong],
    ['without any page is wrong', all, [], wrong],
    ['of a resolved incident answers that incident', latest, [ended], { kind: 'enough', number: 'INC-2' }],
    ['of a resolved incident is no proof for all', all, [ended], wrong],
  ])('%s', (_what, target, pages, proof) => {
    expect(proofOfPages({ intent: 'resolve', target }, { wrongCodes: 0, pages })).toEqual(proof);
  });

  it.each([
    [WRONG_CODES_MAX - 1, { kind: 'enough', number: 'INC-2' }],
    [WRONG_CODES_MAX, { kind: 'refused', text: CODES_SPENT }],
  ])('after %s wrong ones within an hour: %j', (wrongCodes, proof) => {
    expect(proofOfPages({ intent: 'resolve', target: latest }, { wrongCodes, pages: [named] })).toEqual(
      proof,
    );
  });
});
