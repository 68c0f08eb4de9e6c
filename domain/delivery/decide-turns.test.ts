import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Ask, type ChannelLimits, decideTurns, type ScopeState, scopesOf } from './decide-turns.js';
import { LANES, laneOf } from './lanes.js';

const nowMs = 1_800_000_000_000;
let ids = 0;
const ask = (about: Partial<Ask> = {}): Ask => ({
  id: `d${++ids}`,
  incident: `i${ids}`,
  type: 'page.requested',
  lane: laneOf(about.type ?? 'page.requested'),
  priority: 'P3',
  person: 'ana',
  contact: 'mail',
  channel: 'email',
  address: 'ana@example.com',
  isDrill: false,
  cycle: 0,
  attempts: 0,
  carrier: null,
  dueAtMs: nowMs,
  ...about,
});
const decide = (
  asks: Ask[],
  {
    owed = [],
    scopes = new Map(),
    limits,
  }: { owed?: Ask[]; scopes?: Map<string, ScopeState>; limits?: ChannelLimits } = {},
) => decideTurns(asks, owed, { scopes, limitsBy: () => limits, nowMs });

const pagesSent = (n: number): Map<string, ScopeState> =>
  new Map([
    [
      'person/ana/email/ana@example.com',
      { freeAtMs: null, recentMs: Array.from({ length: n }, () => nowMs - 1_000) },
    ],
  ]);

const asks = fc.array(
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
    .map((about) => ask({ ...about, lane: laneOf(about.type) } as Partial<Ask>)),
  { maxLength: 40 },
);

describe('notices', () => {
  const notice = () => ask({ type: 'notice.sent', priority: 'P1' });

  it('are limited as pages are, also of a P1: an alert that comes and goes makes no phone useless', () => {
    const { go, held, scopes } = decide(Array.from({ length: 20 }, notice));
    expect(go).toHaveLength(6);
    expect(held).toHaveLength(14);
    expect(held[0]?.because).toBe('held: 6 notices in 10 minutes');
    expect([...scopes.keys()]).toEqual(['notice/person/ana/email/ana@example.com']);
  });

  it('take nothing from the budget of pages', () => {
    const page = ask({ priority: 'P2' });
    expect(decide([...Array.from({ length: 20 }, notice), page]).go).toContain(page.id);
  });
});

describe('the messages that are due', () => {
  it('each go, wait with an instant and a reason, or are carried by one that goes to the same place: none is lost', () => {
    fc.assert(
      fc.property(asks, asks, fc.integer({ min: 0, max: 30 }), fc.boolean(), (due, owed, sent, isLimited) => {
        const limits = isLimited ? { perSecond: 3, perAddressPerMinute: 4 } : undefined;
        const turns = decide(due, {
          owed,
          scopes: pagesSent(sent),
          ...(limits === undefined ? {} : { limits }),
        });
        const told = [...turns.go, ...turns.held.map(({ id }) => id), ...turns.carried.map(({ id }) => id)];
        expect(new Set(told).size).toBe(told.length);
        expect(due.filter(({ id }) => !told.includes(id))).toEqual([]);
        const byId = new Map([...due, ...owed].map((one) => [one.id, one]));
        for (const { id, carrier } of turns.carried) {
          const [one, by] = [byId.get(id), byId.get(carrier)];
          expect(turns.go).toContain(carrier);
          expect({ ...by, incident: '' }).toMatchObject({
            person: one?.person,
            channel: one?.channel,
            address: one?.address,
            isDrill: one?.isDrill,
          });
          expect(one?.incident).not.toBe(by?.incident);
        }
        for (const { atMs, because } of turns.held) {
          expect(atMs).toBeGreaterThan(nowMs);
          expect(because).toMatch(/^held: /);
        }
        const known = scopesOf(due, () => limits);
        expect([...turns.scopes.keys()].filter((scope) => !known.includes(scope))).toEqual([]);
      }),
    );
  });

  it('go by lane, then by priority', () => {
    const types = ['review.requested', 'notice.sent', 'approval.requested', 'page.requested'];
    const due = types.map((type) => ask({ type, lane: laneOf(type) }));
    const urgent = ask({ priority: 'P1', address: 'ana@home.example' });
    const { go } = decide([...due, urgent]);
    const lanes = go.map((id) => [...due, urgent].find((one) => one.id === id)?.lane);
    expect(lanes).toEqual(lanes.toSorted((a, b) => LANES.indexOf(a ?? 'page') - LANES.indexOf(b ?? 'page')));
    expect(go[0]).toBe(urgent.id);
  });

  it('are held when the person was paged often, but never the first sight of a P1, which takes them along', () => {
    const held = [ask({ id: 'one' }), ask({ id: 'two' })];
    expect(decide(held, { scopes: pagesSent(12) })).toMatchObject({
      go: [],
      held: [{ id: 'one' }, { id: 'two' }],
    });
    const loud = ask({ id: 'loud', priority: 'P1' });
    const { go, carried } = decide([loud], { owed: held, scopes: pagesSent(12) });
    expect(go).toEqual(['loud']);
    expect(carried.map(({ id }) => id).toSorted()).toEqual(['one', 'two']);
    expect(decide([ask({ id: 'again', priority: 'P1', cycle: 1 })], { scopes: pagesSent(12) }).go).toEqual(
      [],
    );
  });

  it('to programs are told one by one, and an exercise is never named in a real page', () => {
    const hooks = [ask({ channel: 'webhook' }), ask({ channel: 'webhook' })];
    expect(decide(hooks, { scopes: pagesSent(12) })).toMatchObject({
      go: { length: 2 },
      carried: [],
      held: [],
    });
    const drill = ask({ isDrill: true });
    expect(decide([ask()], { owed: [drill] }).carried).toEqual([]);
  });

  it('wait for their provider in their lane: a page goes where an update waits', () => {
    const limits = { perSecond: 4, perAddressPerMinute: 100 };
    const notes = Array.from({ length: 5 }, (_, n) =>
      ask({ type: 'notice.sent', lane: 'update', channel: 'sms', address: `+49${n}` }),
    );
    const first = decide(notes, { limits });
    expect(first.go).toHaveLength(1);
    expect(first.held[0]?.because).toBe('held: sms takes 4 messages a second');
    expect(decide([ask({ channel: 'sms' })], { limits, scopes: first.scopes }).go).toHaveLength(1);
  });
});
