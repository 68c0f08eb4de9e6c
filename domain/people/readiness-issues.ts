/**
 * Finds readiness issues that could keep a page from reaching a person, before it is needed. Based on evidence only
 * (docs/domain.md, Readiness).
 */
import type { PersonalRule } from './person-spec.js';
import { CHANNELS, isChannelName } from '../delivery/channel-traits.js';
import { durationMs } from '../shared/duration.js';
import { TEST_ANSWER_HOURS } from './limits.js';

export interface ContactState {
  name: string;
  channel: string;
  address: string;
  /** `document`: written by an admin, and treated as verified. */
  source: 'own' | 'document';
  verified: boolean;
  deadAt: string | null;
  deadReason: string | null;
  lastReachedAt: string | null;
  /** The last requested test page. */
  test: {
    state: 'planned' | 'sending' | 'accepted' | 'failed';
    held: string | null;
    error: string | null;
    requestedAt: string;
    sentAt: string | null;
    confirmedAt: string | null;
  } | null;
}

export const READINESS_ISSUE_KINDS = [
  'no_contact',
  'none_wakes',
  'nothing_at_once',
  'never_reached',
  'not_reached_lately',
  'unverified',
  'dead',
  'not_set_up',
  'one_channel',
  'rule_without_contact',
  'test_unanswered',
] as const;
type ReadinessIssueKind = (typeof READINESS_ISSUE_KINDS)[number];

export interface ReadinessIssue {
  kind: ReadinessIssueKind;
  /** Null: concerns the person as a whole. */
  contact: string | null;
  text: string;
}

/** A contact without a confirmed message for this long counts as unknown. */
const REACHED_WITHIN_DAYS = 30;

const DAY_MS = 86_400_000;
const isUsable = ({ verified, deadAt }: ContactState): boolean => verified && deadAt === null;

/**
 * Worst first. `rules`: those in force; `now`: ISO 8601; `missing`: channels that this installation cannot use, each with the
 * reason.
 */
export function readinessIssues(
  contacts: readonly ContactState[],
  rules: { high: readonly PersonalRule[]; low: readonly PersonalRule[] },
  now: string,
  missing: ReadonlyMap<string, string> = new Map(),
): ReadinessIssue[] {
  const usable = contacts.filter((one) => isUsable(one) && !missing.has(one.channel));
  return [
    ...asAWhole(usable, rules),
    ...ruleIssues(usable, rules),
    ...contacts.flatMap((one) => ofContact(one, now, missing.get(one.channel))),
  ];
}

function asAWhole(
  usable: readonly ContactState[],
  rules: { high: readonly PersonalRule[]; low: readonly PersonalRule[] },
): ReadinessIssue[] {
  const issue = (kind: ReadinessIssueKind, text: string): ReadinessIssue => ({ kind, contact: null, text });
  if (usable.length === 0) return [issue('no_contact', 'has no usable contact: nothing reaches them')];
  const names = new Set(usable.map(({ name }) => name));
  const startsLate = (own: readonly PersonalRule[]): boolean =>
    !own.some(({ after, contact }) => durationMs(after) === 0 && names.has(contact));
  return [
    ...(usable.some(({ channel }) => isChannelName(channel) && CHANNELS[channel].wakes)
      ? []
      : [issue('none_wakes', 'has no contact that is loud enough to wake them')]),
    ...(new Set(usable.map(({ channel }) => channel)).size === 1
      ? [issue('one_channel', `is reached by ${usable[0]?.channel} alone: when it is down, so are they`)]
      : []),
    ...(startsLate(rules.high)
      ? [issue('nothing_at_once', 'has no rule that pages at once for high urgency: every contact is used')]
      : []),
    ...(rules.low.length > 0 && startsLate(rules.low)
      ? [issue('nothing_at_once', 'has no rule that pages at once for low urgency: every contact is used')]
      : []),
  ];
}

function ruleIssues(
  usable: readonly ContactState[],
  rules: { high: readonly PersonalRule[]; low: readonly PersonalRule[] },
): ReadinessIssue[] {
  const names = new Set(usable.map(({ name }) => name));
  const missing = new Set(
    [...rules.high, ...rules.low].map(({ contact }) => contact).filter((name) => !names.has(name)),
  );
  return [...missing].map((contact) => ({
    kind: 'rule_without_contact' as const,
    contact,
    text: `a rule names "${contact}", which cannot be used`,
  }));
}

function ofContact(contact: ContactState, now: string, whyMissing: string | undefined): ReadinessIssue[] {
  const { name, verified, deadAt, deadReason, lastReachedAt, test } = contact;
  const issue = (kind: ReadinessIssueKind, text: string): ReadinessIssue => ({ kind, contact: name, text });
  if (whyMissing !== undefined)
    return [issue('not_set_up', `"${name}" goes by ${contact.channel}, which is not set up: ${whyMissing}`)];
  if (!verified) return [issue('unverified', `"${name}" is not verified: its code was never entered`)];
  if (deadAt !== null) return [issue('dead', `"${name}" is dead: ${deadReason ?? 'its provider says so'}`)];
  const isUnanswered =
    test !== null &&
    test.confirmedAt === null &&
    (lastReachedAt === null || lastReachedAt < test.requestedAt) &&
    Date.parse(now) - Date.parse(test.sentAt ?? test.requestedAt) > TEST_ANSWER_HOURS * 3_600_000;
  if (isUnanswered) return [issue('test_unanswered', `"${name}": the last test page was not answered`)];
  if (lastReachedAt === null) return [issue('never_reached', `"${name}" has never been shown to reach them`)];
  const days = Math.floor((Date.parse(now) - Date.parse(lastReachedAt)) / DAY_MS);
  return days > REACHED_WITHIN_DAYS
    ? [issue('not_reached_lately', `"${name}" last reached them ${days} days ago`)]
    : [];
}
