import { expect, it } from '@jest/globals';
import { parseReply } from './grammar.js';
import { needsCode, splitCode } from './reply-code.js';

it.each([
  ['resolve kfmxp', 'resolve', 'kfmxp'],
  ['6 KFMXP', '6', 'kfmxp'],
  ['Ack all checkout-db #kfmxp.', 'Ack all checkout-db', 'kfmxp'],
  ['resolve kfmxp\n-- \nAna', 'resolve\n-- \nAna', 'kfmxp'],
  ['resolve', 'resolve', null],
  ['ack all checkout', 'ack all checkout', null],
  ['resolve kfmx', 'resolve kfmx', null],
  ['resolve\nkfmxp', 'resolve\nkfmxp', null],
])('%j is %j with the code %j', (text, rest, code) => {
  expect(splitCode(text)).toEqual({ text: rest, code });
});

it.each([
  ['ack', false],
  ['ack INC-4', false],
  ['4', false],
  ['no', false],
  ['escalate', false],
  ['resolve', true],
  ['6', true],
  ['ack all', true],
  ['no all', true],
])('%j needs the code of a page: %j', (text, needs) => {
  const parsed = parseReply(text);
  expect(parsed === null ? null : needsCode(parsed)).toBe(needs);
});
