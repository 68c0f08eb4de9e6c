import { describe, expect, it } from '@jest/globals';
import { decideCountry, decideSpend, withoutReserve } from './spend.js';

const limits = { dailyLimit: 10, dailyLimitPerPerson: 5 };

describe('a paid message', () => {
  it.each<[number, number, boolean, string]>([
    [0, 0, false, 'allowed'],
    [7, 3, false, 'allowed'],
    [8, 0, false, 'daily_limit'],
    [8, 0, true, 'allowed'],
    [9, 4, true, 'allowed'],
    [10, 0, true, 'daily_limit'],
    [0, 4, false, 'daily_limit_per_person'],
    [0, 4, true, 'allowed'],
    [0, 5, true, 'daily_limit_per_person'],
  ])('after %i today, %i to this person, urgent %s: %s', (overall, person, isUrgent, expected) => {
    const decision = decideSpend({ overall, person }, limits, isUrgent);
    expect(decision.kind === 'allowed' ? 'allowed' : decision.because).toBe(expected);
  });

  it('says which limit holds it back, and that some of it is kept', () => {
    expect(decideSpend({ overall: 8, person: 0 }, limits, false)).toMatchObject({
      text: '8 paid messages were sent today, TOCSIN_PHONE_DAILY_LIMIT is 10; the last 20 % are reserved for pages of high urgency',
    });
  });

  it('is not sent at all at a limit of 0', () => {
    const none = { dailyLimit: 0, dailyLimitPerPerson: 0 };
    expect(decideSpend({ overall: 0, person: 0 }, none, true)).toMatchObject({ because: 'daily_limit' });
    expect(withoutReserve(1)).toBe(0);
  });
});

describe('a country', () => {
  it.each<[string[], string[], string]>([
    [['DE'], [], 'allowed'],
    [[], [], 'allowed'],
    [['DE'], ['DE', 'FR'], 'allowed'],
    [['GB', 'GG', 'IM', 'JE'], ['GB'], 'allowed'],
    [['JM'], ['US'], 'refused'],
    [[], ['US'], 'refused'],
  ])('%j with %j on the list: %s', (possible, countries, kind) =>
    expect(decideCountry(possible, { countries }).kind).toBe(kind),
  );
});
