import { describe, expect, it } from '@jest/globals';
import type { ConfigSnapshot } from '../config/specs.js';
import { approveInDigest } from './decide-digest.js';
import { digestOpensAt, isDigestDue, leftDigest, nextDigestReminder, numberOfDigest } from './digest.js';
import { chooseDigestReviewer, type DigestPeople, mayNotApproveDigest } from './digest-reviewer.js';
import { remindedOf } from './overdue-reminder.js';
import { ask, at, happen, openedIncident, outcomeOf } from './review-fixtures.js';
import { LIGHT_QUORUM } from './review-kind.js';
import { workedOn } from './worked-on.js';

const now = '2026-12-01T10:00:00.000Z';
const daysAgo = (days: number): string => new Date(Date.parse(now) - days * 86_400_000).toISOString();

describe('a digest is opened', () => {
  it.each([
    ['for nothing', 0, daysAgo(30), false],
    ['for the nineteenth', 19, daysAgo(1), false],
    ['for the twentieth', 20, daysAgo(0), true],
    ['for one, after a week', 1, daysAgo(7), true],
    ['for one, before a week is over', 1, daysAgo(6.9), false],
  ])('%s: %i waiting since %s is due: %s', (_what, incidents, since, isDue) => {
    expect(isDigestDue({ incidents, since }, now)).toBe(isDue);
  });

  it('at a time that can be told before', () => {
    expect(digestOpensAt({ incidents: 3, since: now })).toBe('2026-12-08T10:00:00.000Z');
    expect(digestOpensAt({ incidents: 20, since: now })).toBeNull();
  });
});

it('a digest is reminded of once a day after its deadline', () => {
  expect(nextDigestReminder(now, 0)).toBe(now);
  expect(nextDigestReminder(now, 2)).toBe('2026-12-03T10:00:00.000Z');
});

it('the name of a digest is its number', () => {
  expect(['D-3', 'd-12', 'D-0', 'D-', 'INC-3', 'D-3 OR 1=1'].map(numberOfDigest)).toEqual([
    3,
    12,
    null,
    null,
    null,
    null,
  ]);
});

const roles: Record<string, string> = {
  ana: 'responder',
  bo: 'responder',
  cleo: 'manager',
  dana: 'stakeholder',
  root: 'admin',
};
const snapshotOf = (members: string[], managers: string[], people = Object.keys(roles)): ConfigSnapshot => {
  const documents = [
    { kind: 'Team', name: 'checkout', spec: { displayName: 'Checkout', members, managers } },
    ...people.map((name) => ({
      kind: 'Person',
      name,
      spec: { displayName: name.toUpperCase(), role: roles[name] },
    })),
  ];
  const snapshot: unknown = {
    get: (kind: string, name: string) => documents.find((one) => one.kind === kind && one.name === name),
    list: (kind: string) => documents.filter((one) => one.kind === kind),
  };
  return snapshot as ConfigSnapshot;
};
const people = (workedBy: string[][], more: Partial<DigestPeople> = {}): DigestPeople => ({
  team: 'checkout',
  stakeholders: [],
  workedBy,
  earlier: [],
  ...more,
});

describe('the reviewer of a digest', () => {
  const team = snapshotOf(['ana', 'bo'], ['cleo']);
  it.each<[string, DigestPeople, ConfigSnapshot, string | null, boolean]>([
    ['is who worked fewest of them', people([['ana'], []]), team, 'bo', false],
    ['is whoever is left of the team', people([['ana', 'bo'], ['ana']]), team, 'bo', false],
    ['is somebody else than the last time', people([[], []], { earlier: ['ana', 'bo'] }), team, 'bo', false],
    [
      'is a stakeholder when the team worked them all',
      people([['ana', 'bo']], { stakeholders: ['dana'] }),
      team,
      'dana',
      false,
    ],
    ['is a manager when nobody else is there, loudly', people([['ana', 'bo']]), team, 'cleo', true],
    ['is an admin when managers worked them too', people([['ana', 'bo', 'cleo']]), team, 'root', true],
    ['is nobody when everybody worked them all', people([['ana', 'bo', 'cleo', 'root']]), team, null, true],
    ['is an admin in a team that has nobody', people([[]]), snapshotOf([], []), 'root', true],
    ['is never who was deleted', people([[]]), snapshotOf(['ana', 'bo'], [], ['bo', 'root']), 'bo', false],
  ])('%s', (_what, asked, snapshot, person, isEscalated) => {
    const chosen = chooseDigestReviewer(asked, snapshot);
    expect([chosen.person, chosen.isEscalated]).toEqual([person, isEscalated]);
    if (isEscalated) expect(chosen.because).toContain('Nobody in team Checkout');
    if (person !== null) expect(mayNotApproveDigest(person, asked, snapshot)).toBeNull();
  });

  it('did not work all of them, is known, and has to do with the team', () => {
    const code = (person: string, workedBy: string[][]): string | undefined =>
      mayNotApproveDigest(person, people(workedBy), team)?.code;
    expect(code('ana', [['ana'], ['ana', 'bo']])).toBe('worked_all');
    expect(code('bo', [['ana'], ['ana', 'bo']])).toBeUndefined();
    expect(code('dana', [[]])).toBe('not_a_reviewer');
    expect(code('gone', [[]])).toBe('not_a_reviewer');
  });

  it('is reminded of it, then the managers, then the admins', () => {
    const told = (reminder: number): string[] =>
      remindedOf({ team: 'checkout', pending: ['bo'] }, team, reminder);
    expect([1, 2, 3].map(told)).toEqual([['bo'], ['bo', 'cleo'], ['bo', 'cleo', 'root']]);
    expect(remindedOf({ team: 'checkout', pending: ['gone'] }, team, 1)).toEqual(['cleo']);
  });
});

const small = happen({ ...openedIncident({ kind: 'digest', quorum: LIGHT_QUORUM }), priority: 'P5' }, [
  { kind: 'resolved', data: { comment: null, because: 'person', review: 'digest' } },
]);
const resolvedAt = small.resolvedAt ?? '';

describe('an incident of a digest', () => {
  const approve = {
    type: 'approve_in_digest',
    digest: 'D-1',
    person: 'bo',
    resolvedAt,
    comment: 'noise',
  } as const;

  it('is closed with the list, by digest and person', () => {
    expect(ask(small, approve, 'bo')).toMatchObject({
      state: { status: 'closed', postmortem: { status: 'approved', kind: 'digest' } },
      decision: {
        facts: [{ kind: 'postmortem_approved', data: { digest: 'D-1', person: 'bo' } }, { kind: 'closed' }],
      },
    });
  });

  it('is left where it is when it is not what the list showed', () => {
    const reopened = ask(small, { type: 'reopen', reason: null }).state;
    expect(outcomeOf(ask(reopened, approve).decision)).toBe('left_digest');
    const again = happen(reopened, [
      { kind: 'resolved', data: { comment: null, because: 'person', review: 'digest' } },
    ]);
    expect(leftDigest(again, resolvedAt)).toContain('resolved again');
    expect(outcomeOf(ask(again, approve).decision)).toBe('left_digest');
    expect(
      outcomeOf(approveInDigest({ ...small, postmortem: { ...small.postmortem, kind: 'full' } }, approve)),
    ).toBe('left_digest');
    const waived = ask(small, { type: 'waive_postmortem', reason: 'a test' }).state;
    expect(outcomeOf(ask(waived, approve).decision)).toBe('left_digest');
  });

  it('is pulled out with a reason, stays out when it is reopened, and then has a text of its own', () => {
    const pull = { type: 'pull_out', kind: 'light', reason: 'the third this week', digest: 'D-1' } as const;
    expect(outcomeOf(ask(small, { ...pull, reason: ' ' }).decision)).toBe('reason_required');
    expect(outcomeOf(ask(small, { type: 'edit_postmortem', sections: ['lessons'] }).decision)).toBe(
      'in_digest',
    );
    const pulled = ask(small, pull).state;
    expect(pulled.postmortem).toMatchObject({ kind: 'light', status: 'none', due: null });
    const drafted = ask(pulled, { type: 'draft_postmortem', due: at(9999) }).state;
    expect(drafted.postmortem).toMatchObject({ kind: 'light', status: 'draft', due: at(9999) });
    const again = ask(ask(drafted, { type: 'reopen', reason: null }).state, {
      type: 'resolve',
      comment: null,
      because: 'person',
    }).state;
    expect(again.postmortem.kind).toBe('light');
  });

  it('is worked by whoever acknowledged or resolved it, and by no program', () => {
    const acknowledged = ask(
      openedIncident({ kind: 'digest', quorum: LIGHT_QUORUM }),
      { type: 'acknowledge', person: 'ana' },
      'ana',
    ).state;
    const resolved = ask(acknowledged, { type: 'resolve', comment: null, because: 'person' }, 'bo').state;
    expect(workedOn(resolved).toSorted()).toEqual(['ana', 'bo']);
    expect(workedOn({ ...small, resolvedBy: 'source:prometheus' })).toEqual([]);
  });
});
