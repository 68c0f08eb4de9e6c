/** Decides the priority of an alert: P1 to P5 with the reasons as sentences (docs/domain.md, Priority). */
import { PRIORITIES, type Priority, type Severity } from '../config/terms.js';

export type Tier = 1 | 2 | 3 | 4;

export interface PriorityFacts {
  severity: Severity;
  /** Null: the alert names no known service. */
  service?: { title: string; tier: Tier } | null;
  /** Null or omitted: unknown, which is not zero. */
  usersAffected?: number | null;
  /** The band of a watch: decides in place of severity and tier. */
  watch?: { priority: Priority; sentence: string };
}

export interface PriorityDecision {
  priority: Priority;
  reasons: string[];
}

/**
 * Severity × tier. P1 and P2 wake people: `critical` on all but the lowest tier, `error` only on the vital one. An unknown
 * service counts as tier 2, because it may be important.
 */
const matrix: Record<Severity, Record<Tier, Priority>> = {
  critical: { 1: 'P1', 2: 'P2', 3: 'P2', 4: 'P3' },
  error: { 1: 'P2', 2: 'P3', 3: 'P3', 4: 'P4' },
  warning: { 1: 'P3', 2: 'P4', 3: 'P4', 4: 'P5' },
  info: { 1: 'P5', 2: 'P5', 3: 'P5', 4: 'P5' },
};
const UNKNOWN_TIER: Tier = 2;
const tierWords: Record<Tier, string> = { 1: 'vital', 2: 'important', 3: 'ordinary', 4: 'least' };

/** Minimum priority by number of affected users. */
const usersBands: readonly { from: number; priority: Priority }[] = [
  { from: 10_000, priority: 'P1' },
  { from: 1_000, priority: 'P2' },
  { from: 100, priority: 'P3' },
  { from: 1, priority: 'P4' },
];

/** The highest priority that any fact requires. Reasons: every fact considered, an increase last. */
export function decidePriority(facts: PriorityFacts): PriorityDecision {
  const { severity, service = null, usersAffected = null } = facts;
  const byMatrix = facts.watch?.priority ?? matrix[severity][service?.tier ?? UNKNOWN_TIER];
  const reasons =
    facts.watch === undefined
      ? [
          `severity ${severity}`,
          service === null
            ? `no known service, taken as tier ${UNKNOWN_TIER} (${tierWords[UNKNOWN_TIER]})`
            : `service ${service.title} is tier ${service.tier} (${tierWords[service.tier]})`,
        ]
      : [facts.watch.sentence];
  if (usersAffected === null) return { priority: byMatrix, reasons };

  const people = `${usersAffected} ${usersAffected === 1 ? 'user' : 'users'} affected`;
  const byUsers = usersBands.find((band) => usersAffected >= band.from)?.priority;
  if (byUsers !== undefined && isHigher(byUsers, byMatrix)) {
    return { priority: byUsers, reasons: [...reasons, `${people} raise it from ${byMatrix} to ${byUsers}`] };
  }
  return { priority: byMatrix, reasons: [...reasons, people] };
}

/** P1 is higher than P2. */
export function isHigher(a: Priority, b: Priority): boolean {
  return PRIORITIES.indexOf(a) < PRIORITIES.indexOf(b);
}
