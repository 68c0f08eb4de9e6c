/**
 * Guards of what costs money per message: which countries, and how many a day. Counted in messages, not in money: prices
 * change without telling, and a count cannot be wrong. Pure; db/spend-store.ts counts, channels/phone asks.
 */

export interface SpendLimits {
  /** ISO 3166 codes that may be called or texted; empty allows all. */
  countries: readonly string[];
  /** At most so many a day, over all and for one person; 0 allows none. The day is UTC's. */
  dailyLimit: number;
  dailyLimitPerPerson: number;
}

/** What has been sent today. */
export interface SpendCounts {
  overall: number;
  person: number;
}

export type SpendRefusal = 'country' | 'daily_limit' | 'daily_limit_per_person';

export type SpendDecision = { kind: 'allowed' } | { kind: 'refused'; because: SpendRefusal; text: string };

/** The last fifth of both limits is kept for pages of high urgency: chatter must not use up what a P1 needs. */
export const RESERVE_PERCENT = 20;

/** Of a limit, what messages without high urgency may use. */
export const withoutReserve = (limit: number): number => Math.floor((limit * (100 - RESERVE_PERCENT)) / 100);

/**
 * `possible`: the countries that the number may belong to; several when its country code is shared and the number plan does
 * not tell. One that is allowed is enough: a page is worth more than the doubt.
 */
export function decideCountry(
  possible: readonly string[],
  { countries }: Pick<SpendLimits, 'countries'>,
): SpendDecision {
  if (countries.length === 0 || possible.some((one) => countries.includes(one))) return { kind: 'allowed' };
  const where = possible.length === 0 ? 'no country' : possible.slice(0, 3).join(' or ');
  return {
    kind: 'refused',
    because: 'country',
    text: `the number belongs to ${where}; TOCSIN_PHONE_COUNTRIES allows ${countries.join(', ')}`,
  };
}

/** `counts` are those before this message. */
export function decideSpend(
  counts: SpendCounts,
  { dailyLimit, dailyLimitPerPerson }: Omit<SpendLimits, 'countries'>,
  isUrgent: boolean,
): SpendDecision {
  const usable = (limit: number): number => (isUrgent ? limit : withoutReserve(limit));
  const kept = isUrgent ? '' : `; the last ${RESERVE_PERCENT} % are kept for pages of high urgency`;
  if (counts.overall >= usable(dailyLimit))
    return {
      kind: 'refused',
      because: 'daily_limit',
      text: `${counts.overall} paid messages were sent today, TOCSIN_PHONE_DAILY_LIMIT is ${dailyLimit}${kept}`,
    };
  if (counts.person >= usable(dailyLimitPerPerson))
    return {
      kind: 'refused',
      because: 'daily_limit_per_person',
      text: `${counts.person} paid messages went to this person today, TOCSIN_PHONE_DAILY_LIMIT_PER_PERSON is ${dailyLimitPerPerson}${kept}`,
    };
  return { kind: 'allowed' };
}
