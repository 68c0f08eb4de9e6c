import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type DueDelivery,
  type ChannelLimits,
  decideAdmission,
  type ScopeState,
  scopesOf,
} from './decide-admission.js';
import { PRIORITY_CLASSES, priorityClassOf } from './priority-classes.js';

const nowMs = 1_800_000_000_000;
let ids = 0;
const row = (about: Partial<DueDelivery> = {}): DueDelivery => ({
  id: `d${++ids}`,
  incident: `i${ids}`,
  type: 'page.requested',
  priorityClass: priorityClassOf(about.type ?? 'page.requested'),
  priority: 'P3',
  person: 'ana',
  contact: 'mail',
  channel: 'email',
  address: 'ana@example.com',
  isDrill: false,
  cycle: 0,
  attempts: 0,
  bundle: null,
  dueAtMs: nowMs,
  ...about,
});
const decide = (
  dueRows: DueDelivery[],
  {
    duePages = [],
    scopes = new Map(),
    limits,
  }: { duePages?: DueDelivery[]; scopes?: Map<string, ScopeState>; limits?: ChannelLimits } = {},
) => decideAdmission(dueRows, duePages, { scopes, limitsBy: () => limits, nowMs });

const pagesSent = (n: number): Map<string, ScopeState> =>
  new Map([
    [
      'person/ana/email/ana@example.com',
      { freeAtMs: null, recentMs: Array.from({ length: n }, () => nowMs - 1_000) },
    ],
  ]);

const dueRows = fc.array(
  fc
    .record({
      incident: fc.constantFrom('a', 'b', 'c', 'd'),
      type: fc.constantFrom('page.requested', 'notice.sent', 'approval.requested', 'review.requested'),
      priority: fc.constantFrom('P1', 'P2', 'P3'),
      person: fc.constantFrom('ana', 'bo'),
      channel: fc.constantFrom('email', 'sms', 'webhook'),
      cycle: fc.constantFrom(0, 1),
      attempts: fc.constantFrom(0, 0, 1),
      isDrill: fc.boolean(),
    })
    .map((about) => row({ ...about, priorityClass: priorityClassOf(about.type) } as Partial<DueDelivery>)),
  { maxLength: 40 },
);

describe('notices', () => {
  const notice = () => row({ type: 'notice.sent', priority: 'P1' });

  it('are limited as pages are, also of a P1: an alert that comes and goes makes no phone useless', () => {
    const { go, held, scopes } = decide(Array.from({ length: 20 }, notice));
    expect(go).toHaveLength(6);
    expect(held).toHaveLength(14);
    expect(held[0]?.because).toBe('held: 6 notices in 10 minutes');
    expect([...scopes.keys()]).toEqual(['notice/person/ana/email/ana@example.com']);
  });

  it('take nothing from the budget of pages', () => {
    const page = row({ priority: 'P2' });
    expect(decide([...Array.from({ length: 20 }, notice), page]).go).toContain(page.id);
  });
});

describe('the messages that are due', () => {
  it('each go, wait with an instant and a reason, or are bundled into one to the same address: none is lost', () => {
    fc.assert(
      fc.property(
        dueRows,
        dueRows,
        fc.integer({ min: 0, max: 30 }),
        fc.boolean(),
        (due, duePages, sent, isLimited) => {
          const limits = isLimited ? { perSecond: 3, perAddressPerMinute: 4 } : undefined;
          const admission = decide(due, {
            duePages,
            scopes: pagesSent(sent),
            ...(limits === undefined ? {} : { limits }),
          });
          const told = [
            ...admission.go,
            ...admission.held.map(({ id }) => id),
            ...admission.bundled.map(({ id }) => id),
          ];
          expect(new Set(told).size).toBe(told.length);
          expect(due.filter(({ id }) => !told.includes(id))).toEqual([]);
          const byId = new Map([...due, ...duePages].map((one) => [one.id, one]));
          for (const { id, bundle } of admission.bundled) {
            const [one, by] = [byId.get(id), byId.get(bundle)];
            expect(admission.go).toContain(bundle);
            expect({ ...by, incident: '' }).toMatchObject({
              person: one?.person,
              channel: one?.channel,
              address: one?.address,
              isDrill: one?.isDrill,
            });
            expect(one?.incident).not.toBe(by?.incident);
          }
          for (const { atMs, because } of admission.held) {
            expect(atMs).toBeGreaterThan(nowMs);
            expect(because).toMatch(/^held: /);
          }
          const known = scopesOf(due, () => limits);
          expect([...admission.scopes.keys()].filter((scope) => !known.includes(scope))).toEqual([]);
        },
      ),
    );
  });

  it('go by priority class, then by priority', () => {
    const types = ['review.requested', 'notice.sent', 'approval.requested', 'page.requested'];
    const due = types.map((type) => row({ type, priorityClass: priorityClassOf(type) }));
    const urgent = row({ priority: 'P1', address: 'ana@home.example' });
    const { go } = decide([...due, urgent]);
    const priorityClasses = go.map((id) => [...due, urgent].find((one) => one.id === id)?.priorityClass);
    expect(priorityClasses).toEqual(
      priorityClasses.toSorted(
        (a, b) => PRIORITY_CLASSES.indexOf(a ?? 'page') - PRIORITY_CLASSES.indexOf(b ?? 'page'),
      ),
    );
    expect(go[0]).toBe(urgent.id);
  });

  it('are held when the person was paged often, but never the first sight of a P1, which takes them along', () => {
    const held = [row({ id: 'one' }), row({ id: 'two' })];
    expect(decide(held, { scopes: pagesSent(12) })).toMatchObject({
      go: [],
      held: [{ id: 'one' }, { id: 'two' }],
    });
    const loud = row({ id: 'loud', priority: 'P1' });
    const { go, bundled } = decide([loud], { duePages: held, scopes: pagesSent(12) });
    expect(go).toEqual(['loud']);
    expect(bundled.map(({ id }) => id).toSorted()).toEqual(['one', 'two']);
    expect(decide([row({ id: 'again', priority: 'P1', cycle: 1 })], { scopes: pagesSent(12) }).go).toEqual(
      [],
    );
  });

  it('to programs are told one by one, and an exercise is never named in a real page', () => {
    const hooks = [row({ channel: 'webhook' }), row({ channel: 'webhook' })];
    expect(decide(hooks, { scopes: pagesSent(12) })).toMatchObject({
      go: { length: 2 },
      bundled: [],
      held: [],
    });
    const drill = row({ isDrill: true });
    expect(decide([row()], { duePages: [drill] }).bundled).toEqual([]);
  });

  it('wait for their provider within their priority class: a page is sent while an update waits', () => {
    const limits = { perSecond: 4, perAddressPerMinute: 100 };
    const notes = Array.from({ length: 5 }, (_, n) =>
      row({ type: 'notice.sent', priorityClass: 'update', channel: 'sms', address: `+49${n}` }),
    );
    const first = decide(notes, { limits });
    expect(first.go).toHaveLength(1);
    expect(first.held[0]?.because).toBe('held: sms takes 4 messages a second');
    expect(decide([row({ channel: 'sms' })], { limits, scopes: first.scopes }).go).toHaveLength(1);
  });
});
