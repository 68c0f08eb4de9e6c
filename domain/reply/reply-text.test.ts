import { expect, it } from '@jest/globals';
import { countSegments } from '../delivery/sms-segments.js';
import { type AnsweredOne, manyText } from './reply-text.js';

const one = (n: number, isDone: boolean, says: string): AnsweredOne => ({
  isDone,
  number: `INC-${n}`,
  text: `INC-${n} ${says}`,
});
const numbers = (most: number): number[] => Array.from({ length: most }, (_, at) => at + 1);

it('says of many incidents what became of them once', () => {
  const taken = 'was already acknowledged by Bo Lind, 12 s ago.';
  const answered = [
    one(1, true, 'is acknowledged by you: Lag'),
    one(2, false, taken),
    one(3, true, 'is acknowledged by you: Other lag'),
    one(4, false, 'was merged into another incident.'),
    one(5, false, taken),
    one(22, false, taken),
  ];
  expect(manyText('acknowledge', answered)).toBe(
    '2 incidents acknowledged: INC-1, INC-3. INC-2 was already acknowledged by Bo Lind, 12 s ago. So it is with INC-5, INC-22. INC-4 was merged into another incident.',
  );
  expect(manyText('decline', answered.slice(0, 1))).toBe('1 incident passed on: INC-1.');
});

it.each([true, false])('tells of 40 incidents in three texts at the most, answered: %s', (isDone) => {
  const all = numbers(40).map((n) => one(n + 100, isDone, 'is open and nobody has acknowledged it.'));
  expect(countSegments(manyText('resolve', all)).segments).toBeLessThanOrEqual(3);
});
