/** Measures the cost of an incident and the time to its acknowledgement, for recorded incidents and for replays alike. */
import { nightOf } from '../oncall/night-hours.js';

interface SentMessage {
  at: string;
  person: string;
}

export interface Measured {
  /** Seconds from the trigger to the first acknowledgement; null when there is none. */
  secondsToAck: number | null;
  acknowledgedBy: string | null;
  /** Messages sent. */
  pages: number;
  people: { person: string; pages: number; woken: boolean }[];
  /** Sleep interruptions: people with a message between 22:00 and 07:00 in their zone, counted once per person and night. */
  nightWakes: number;
  /** The catch-all was paged, or no person was left to page. */
  exhausted: boolean;
}

export interface ToMeasure {
  openedAt: string;
  acknowledged: { by: string; at: string } | null;
  messages: readonly SentMessage[];
  exhausted: boolean;
  /** IANA zone of a person. */
  zoneOf: (person: string) => string;
}

export function measure({ openedAt, acknowledged, messages, exhausted, zoneOf }: ToMeasure): Measured {
  const wakes = new Set<string>();
  const people = new Map<string, { person: string; pages: number; woken: boolean }>();
  for (const { at, person } of messages) {
    const known = people.get(person) ?? { person, pages: 0, woken: false };
    const night = nightOf(at, zoneOf(person));
    if (night !== null) wakes.add(`${person} ${night}`);
    people.set(person, { person, pages: known.pages + 1, woken: known.woken || night !== null });
  }
  return {
    secondsToAck: acknowledged === null ? null : secondsBetween(openedAt, acknowledged.at),
    acknowledgedBy: acknowledged?.by ?? null,
    pages: messages.length,
    people: [...people.values()].toSorted((a, b) => a.person.localeCompare(b.person)),
    nightWakes: wakes.size,
    exhausted,
  };
}

export interface Totals {
  incidents: number;
  acknowledged: number;
  /** Over acknowledged incidents; null when there is none. */
  secondsToAck: { median: number; p90: number } | null;
  pages: number;
  nightWakes: number;
  peopleWoken: number;
  exhausted: number;
  /** Most pages first. `nightWakes`: incidents that woke this person. */
  people: { person: string; pages: number; nightWakes: number }[];
}

export function totals(all: readonly Measured[]): Totals {
  const answered = all.flatMap(({ secondsToAck }) => (secondsToAck === null ? [] : [secondsToAck]));
  const people = new Map<string, { person: string; pages: number; nightWakes: number }>();
  for (const { person, pages, woken } of all.flatMap((one) => one.people)) {
    const known = people.get(person) ?? { person, pages: 0, nightWakes: 0 };
    people.set(person, {
      person,
      pages: known.pages + pages,
      nightWakes: known.nightWakes + (woken ? 1 : 0),
    });
  }
  const median = quantile(answered, 0.5);
  const p90 = quantile(answered, 0.9);
  return {
    incidents: all.length,
    acknowledged: answered.length,
    secondsToAck: median === null || p90 === null ? null : { median, p90 },
    pages: sum(all.map(({ pages }) => pages)),
    nightWakes: sum(all.map(({ nightWakes }) => nightWakes)),
    peopleWoken: [...people.values()].filter(({ nightWakes }) => nightWakes > 0).length,
    exhausted: all.filter(({ exhausted }) => exhausted).length,
    people: [...people.values()].toSorted((a, b) => b.pages - a.pages || a.person.localeCompare(b.person)),
  };
}

/** Nearest-rank quantile; null for an empty list. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

const secondsBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 1000);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
