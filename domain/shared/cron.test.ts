import { expect, it } from '@jest/globals';
import { temporalCron } from './cron.js';

it.each([
  ['the first Tuesday', '0 14 * * tue#1', '0 14 1-7 * tue'],
  ['the second one of some months', '30 9 * 3,9 TUE#2', '30 9 8-14 3,9 TUE'],
  ['the fifth Friday, where there is one', '0 8 * * 5#5', '0 8 29-31 * 5'],
  ['every weekday, as it is written', '0 14 * * mon-fri', '0 14 * * mon-fri'],
  ['spaces more than needed', '  0  14 *  * tue#3 ', '0 14 15-21 * tue'],
])('a Temporal Schedule is told %s', (_what, cron, expected) => expect(temporalCron(cron)).toBe(expected));

it.each(['0 14 * * tue#6', '0 14 13 * fri#2'])('%s has no equivalent and is passed on as it is', (cron) =>
  expect(temporalCron(cron)).toBe(cron),
);
