import { describe, expect, it } from '@jest/globals';
import type { ConfigKind, SpecByKind } from './specs.js';
import type { PolicyTarget, RotationTarget } from '../escalation/policy-spec.js';
import type { LivePerson } from './live-data.js';
import { planChanges } from './plan-changes.js';
import { checkReferences } from './references.js';

const doc = <K extends ConfigKind>(kind: K, name: string, spec: SpecByKind[K]) => ({ kind, name, spec });

const person = (name: string, contacts = 1) =>
  doc('Person', name, {
    displayName: name,
    email: `${name}@example.com`,
    timezone: 'UTC',
    role: 'responder',
    contacts: Array.from({ length: contacts }, () => ({
      name: 'mail',
      channel: 'email',
      address: `${name}@example.com`,
    })),
    rules: { high: [], low: [] },
  });
const team = (name: string, members: string[]) =>
  doc('Team', name, { displayName: name, discipline: 'development', timezone: 'UTC', members, managers: [] });
const policy = (name: string, ...steps: PolicyTarget[][]) =>
  doc('EscalationPolicy', name, {
    team: 'ops',
    repeat: 0,
    steps: steps.map((notify) => ({ notify, wait: '5m' })),
  });
const service = (name: string, more: Partial<SpecByKind['Service']> = {}) =>
  doc('Service', name, {
    displayName: name,
    team: 'ops',
    tier: 2,
    dependsOn: [],
    links: [],
    diagnostics: [],
    ...more,
  });
const source = (name: string, key: string) => doc('Source', name, { format: 'generic', key });

const base = [person('ana'), team('ops', ['ana'])];
const lines = (...args: Parameters<typeof checkReferences>): string[] =>
  checkReferences(...args).map(
    ({ severity, kind, name, path, message }) => `${severity} ${kind}/${name} ${path}: ${message}`,
  );

describe('a round robin', () => {
  const inRotation = (...roundRobin: RotationTarget[]): PolicyTarget[] => [{ roundRobin }];

  it('names its members, leads back through policies, and may reach nobody', () => {
    const missing = policy('p', inRotation({ person: 'ana' }, { person: 'zoe' }));
    expect(lines([...base, missing])).toEqual([
      'error EscalationPolicy/p spec.steps[0].notify[0].roundRobin[1].person: there is no Person "zoe"',
    ]);
    const loop = [
      policy('p', inRotation({ person: 'ana' }, { policy: 'q' })),
      policy('q', [{ policy: 'p' }]),
    ];
    expect(lines([...base, ...loop])).toEqual([
      'error EscalationPolicy/p spec.steps[0].notify[0].roundRobin[1].policy: the policy leads back to itself: p → q → p',
      'error EscalationPolicy/q spec.steps[0].notify[0].policy: the policy leads back to itself: q → p → q',
    ]);
    const mute = policy('p', [{ person: 'ana' }], inRotation({ person: 'mute' }));
    expect(lines([...base, person('mute', 0), mute])).toEqual([
      'warning Person/mute spec.contacts: has no contact: cannot be reached',
      'warning EscalationPolicy/p spec.steps[1].notify: this step reaches nobody and would be skipped',
    ]);
  });

  it('of a team takes turns among its members', () => {
    const crew = [team('crew', []), policy('p', [{ team: 'crew', roundRobin: true }])];
    expect(lines([...base, ...crew])).toEqual([
      'warning Team/crew spec.members: has no members: a page to this team reaches nobody',
      'warning EscalationPolicy/p spec.steps: reaches nobody: only the catch-all of the organisation would be paged',
    ]);
  });
});

describe('references', () => {
  it('are complete when everything named exists', () => {
    expect(
      checkReferences([...base, policy('p', [{ person: 'ana' }]), service('db', { policy: 'p' })]),
    ).toEqual([]);
  });

  it('name the field in which something is named that is not there', () => {
    const documents = [
      ...base,
      policy('p', [{ person: 'ana' }, { schedule: 'nights' }]),
      service('db', { policy: 'q', dependsOn: ['ghost'] }),
    ];
    expect(lines(documents)).toEqual([
      'error EscalationPolicy/p spec.steps[0].notify[1].schedule: there is no Schedule "nights"',
      'error Service/db spec.policy: there is no EscalationPolicy "q"',
      'error Service/db spec.dependsOn[0]: there is no Service "ghost"',
    ]);
  });

  it('say what was probably meant', () => {
    const documents = [
      ...base,
      person('anastasia'),
      policy('p', [{ person: 'anastasai' }, { team: 'ana' }, { person: 'ana' }]),
    ];
    expect(lines(documents)).toEqual([
      'error EscalationPolicy/p spec.steps[0].notify[0].person: there is no Person "anastasai"; did you mean "anastasia"?',
      'error EscalationPolicy/p spec.steps[0].notify[1].team: there is no Team "ana"',
    ]);
  });

  it('find the people and teams that a runbook asks', () => {
    const runbook = doc('Runbook', 'r', {
      on: {},
      inputs: {},
      timeout: '1h',
      steps: [
        { id: 'a', approve: { from: ['role:commander', 'team:nope', 'person:ana'], message: 'ok?' } },
        { id: 'b', notify: { to: 'person:bo', text: 'x' } },
      ],
    });
    expect(lines([...base, runbook])).toEqual([
      'error Runbook/r spec.steps[0].approve.from[1]: there is no Team "nope"',
      'error Runbook/r spec.steps[1].notify.to: there is no Person "bo"',
    ]);
  });

  it('refuse to delete what is in use, and name every user', () => {
    const before = [...base, person('bo'), service('db', { dependsOn: ['cache'] }), service('cache')];
    const after = [person('bo'), team('ops', ['ana', 'bo']), service('db', { dependsOn: ['cache'] })];
    expect(lines(after, before)).toEqual([
      'error Person/ana : cannot be deleted, it is used by Team ops (spec.members[0])',
      'error Service/cache : cannot be deleted, it is used by Service db (spec.dependsOn[0])',
    ]);
  });

  it('refuse policies that lead back to themselves', () => {
    const documents = [
      ...base,
      policy('a', [{ person: 'ana' }, { policy: 'b' }]),
      policy('b', [{ person: 'ana' }], [{ policy: 'a' }]),
    ];
    expect(lines(documents)).toEqual([
      'error EscalationPolicy/b spec.steps[1].notify[0].policy: the policy leads back to itself: b → a → b',
    ]);
  });

  it('let two policies be the backup of each other: one that is called stands for its first step', () => {
    const documents = [
      ...base,
      policy('a', [{ person: 'ana' }], [{ policy: 'b' }]),
      policy('b', [{ person: 'ana' }], [{ policy: 'a' }]),
    ];
    expect(lines(documents)).toEqual([]);
  });

  it('refuse policies that lead through too many others', () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, n) =>
        policy(`p${n}`, n === length - 1 ? [{ person: 'ana' }] : [{ policy: `p${n + 1}` }]),
      );
    expect(lines([...base, ...chain(11)])).toEqual([]);
    expect(lines([...base, ...chain(12)])).toEqual([
      'error EscalationPolicy/p0 spec.steps[0].notify[0].policy: the policy leads through more than 10 others',
    ]);
  });

  it('are looked over in the time of one look, however often policies call each other', () => {
    const called = (name: string): PolicyTarget[] => Array.from({ length: 30 }, () => ({ policy: name }));
    const chain = Array.from({ length: 9 }, (_, n) => policy(`p${n}`, called(`p${n + 1}`)));
    const documents = [...base, team('empty', []), ...chain, policy('p9', [{ team: 'empty' }])];
    expect(lines(documents)).toHaveLength(11);
  });

  it('guess what was meant only for the first few', () => {
    const guessed = Array.from({ length: 500 }, (_, n) => ({ person: n % 2 === 0 ? 'anna' : 'ama' }));
    const found = lines([...base, policy('p', guessed)]);
    expect(found).toHaveLength(501);
    expect(found.filter((line) => line.includes('did you mean'))).toHaveLength(20);
  });

  it('refuse two sources with one key', () => {
    expect(lines([source('a', 'k'.repeat(32)), source('b', 'k'.repeat(32))])).toEqual([
      'error Source/b spec.key: Source "a" has the same key; every source needs its own',
    ]);
  });

  it('warn of what would reach nobody', () => {
    const schedule = doc('Schedule', 's', {
      team: 'ops',
      timezone: 'UTC',
      layers: [{ name: 'l', people: [], rotation: { every: 1, unit: 'week', start: '2026-01-05' } }],
    });
    const documents = [
      ...base,
      person('bo', 0),
      team('empty', []),
      schedule,
      policy('p', [{ schedule: 's' }, { team: 'empty' }], [{ person: 'bo' }]),
      policy('q', [{ team: 'empty' }], [{ team: 'ops' }]),
    ];
    expect(lines(documents)).toEqual([
      'warning Person/bo spec.contacts: has no contact: cannot be reached',
      'warning Team/empty spec.members: has no members: a page to this team reaches nobody',
      'warning Schedule/s spec.layers: has no people: nobody is ever on call',
      'warning EscalationPolicy/p spec.steps: reaches nobody: only the catch-all of the organisation would be paged',
      'warning EscalationPolicy/q spec.steps[0].notify: this step reaches nobody and would be skipped',
    ]);
  });
});

describe('who can be reached', () => {
  const live = (own: Partial<LivePerson>): Map<string, LivePerson> =>
    new Map([['bo', { contacts: [], unusable: [], rules: null, quietHours: null, ...own }]]);
  const crew = team('crew', ['bo']);
  const documents = (contacts: number) => [
    ...base,
    person('bo', contacts),
    crew,
    policy('p', [{ person: 'ana' }], [{ team: 'crew' }]),
  ];

  it('is who verified a contact live, whatever the document says', () => {
    const phone = { name: 'phone', channel: 'sms', address: '+4930123456' };
    expect(lines(documents(0), [], live({ contacts: [phone] }))).toEqual([]);
    expect(lines(documents(0), [], live({}))).toHaveLength(2);
  });

  it('is not somebody whose only contact is dead', () => {
    expect(lines(documents(1), [], live({ unusable: ['mail'] }))).toEqual([
      'warning Person/bo spec.contacts: has no contact that works: providers call every one dead',
      'warning EscalationPolicy/p spec.steps[1].notify: this step reaches nobody and would be skipped',
    ]);
  });
});

describe('a plan', () => {
  const diff = (before: { name: string } | null, after: { name: string } | null): string =>
    `${before?.name ?? '-'} → ${after?.name ?? '-'}`;

  it('says what would be created, updated, left alone and, when asked to prune, deleted', () => {
    const current = [team('a', ['x']), team('b', ['x']), team('c', [])];
    const wanted = [team('b', ['x', 'y']), team('a', ['x']), team('d', [])];
    const planned = (prune: boolean) =>
      planChanges(current, wanted, { prune, diff }).map(({ action, name, diff: text }) =>
        `${action} ${name} ${text}`.trim(),
      );
    expect(planned(true)).toEqual(['update b b → b', 'unchanged a', 'create d - → d', 'delete c c → -']);
    expect(planned(false)).toEqual(['update b b → b', 'unchanged a', 'create d - → d']);
  });

  it('does not take another order of keys, or an absent field, for a change', () => {
    const stored = {
      kind: 'Source' as const,
      name: 's',
      spec: { service: 'db', format: 'generic' as const },
    };
    const given = {
      kind: 'Source' as const,
      name: 's',
      spec: { format: 'generic' as const, service: 'db', routes: undefined },
    };
    expect(planChanges([stored], [given], { prune: true, diff })).toMatchObject([{ action: 'unchanged' }]);
  });
});

describe('a channel without an account', () => {
  const missing = new Map([['email', 'no SMTP_URL configured']]);
  const documents = [...base, policy('mail-only', [{ person: 'ana' }])];

  it('reaches nobody: the person and the policy warn, with the variable that is missing', () => {
    expect(lines(documents, [], undefined, missing)).toEqual([
      'warning Person/ana spec.contacts: has no contact that this installation can send by: email (no SMTP_URL configured)',
      'warning EscalationPolicy/mail-only spec.steps: reaches nobody: only the catch-all of the organisation would be paged',
    ]);
    expect(lines(documents)).toEqual([]);
  });

  it('is no matter for who has another contact besides', () => {
    const ana = person('ana');
    const contacts = [...ana.spec.contacts, { name: 'box', channel: 'mailbox', address: 'ana' }];
    const others = [{ ...ana, spec: { ...ana.spec, contacts } }, ...documents.slice(1)];
    expect(lines(others, [], undefined, missing)).toEqual([]);
  });
});
