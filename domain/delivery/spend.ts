/**
 * Limits for messages that cost money: permitted countries and messages per day. Counts messages instead of money, because prices
 * change without notice and a count is exact. Pure; db/delivery/spend-store.ts counts, integrations/phone/send applies the limits.
 */

export interface SpendLimits {
  /** ISO 3166 codes that may be called or texted; empty allows all. */
  countries: readonly string[];
  /** Daily maximum in total and for one person; 0 allows none. The day is UTC's. */
  dailyLimit: number;
  dailyLimitPerPerson: number;
}

/** Messages sent today. */
export interface SpendCounts {
  overall: number;
  person: number;
}

export type SpendRefusal = 'country' | 'daily_limit' | 'daily_limit_per_person';

export type SpendDecision = { kind: 'allowed' } | { kind: 'refused'; because: SpendRefusal; text: string };

/**
 * The last fifth of both limits is reserved for pages of high urgency, so that other messages cannot use up the quota that a P1
 * needs.
 */
const RESERVE_PERCENT = 20;

/** The part of a limit that messages without high urgency may use. */
export const withoutReserve = (limit: number): number => Math.floor((limit * (100 - RESERVE_PERCENT)) / 100);

/**
 * `possible`: the countries that the number may belong to; several when they share a country code and the number plan does not
 * distinguish them. One permitted country is enough, because a page outweighs the doubt.
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

/** `counts`: before this message. */
export function decideSpend(
  counts: SpendCounts,
  { dailyLimit, dailyLimitPerPerson }: Omit<SpendLimits, 'countries'>,
  isUrgent: boolean,
): SpendDecision {
  const usable = (limit: number): number => (isUrgent ? limit : withoutReserve(limit));
  const reserved = isUrgent ? '' : `; the last ${RESERVE_PERCENT} % are reserved for pages of high urgency`;
  if (counts.overall >= usable(dailyLimit))
    return {
      kind: 'refused',
      because: 'daily_limit',
      text: `${counts.overall} paid messages were sent today, TOCSIN_PHONE_DAILY_LIMIT is ${dailyLimit}${reserved}`,
    };
  if (counts.person >= usable(dailyLimitPerPerson))
    return {
      kind: 'refused',
      because: 'daily_limit_per_person',
      text: `${counts.person} paid messages went to this person today, TOCSIN_PHONE_DAILY_LIMIT_PER_PERSON is ${dailyLimitPerPerson}${reserved}`,
    };
  return { kind: 'allowed' };
}
