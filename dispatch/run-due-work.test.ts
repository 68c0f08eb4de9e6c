import { describe, expect, it } from '@jest/globals';
import type { RecordOutcome } from '../db/incident/record.js';
import type { DueItem } from '../domain/incident/deadline.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { IncidentState } from '../domain/incident/state.js';
import { at, IncidentBuilder } from '../domain/incident/testing/incident-builder.js';
import { DueWorkRunner } from './run-due-work.js';

const noted = (seq: number): IncidentEvent => ({
  seq,
  at: '2026-03-02T10:00:00.000Z',
  actor: 'ana',
  kind: 'noted',
  data: { text: `note ${seq}` },
});
const opened = (): IncidentState => ({
  ...new IncidentBuilder().state,
  createdAt: new Date().toISOString(),
});
const page = (escalation: string): DueItem => ({ type: 'page', escalation, due: { cycle: 0, step: 1 } });
/** The first call of the workflow of `opened()`. */
const firstCall = () => {
  const { id, seq, escalations } = opened();
  const items = escalations.map(({ name, cycle, step }) => ({
    type: 'page' as const,
    escalation: name,
    due: { cycle, step },
  }));
  return { incidentId: id, afterSeq: seq, items };
};

interface Scene {
  state?: IncidentState;
  settleMs?: number;
  /** The record's answer to an item, by the name of its escalation or its type. */
  answer?: (name: string) => Promise<RecordOutcome>;
  /** Ends the first attempts of a page; resolves with the events of a dead step's end. */
  send?: (escalation: string) => Promise<IncidentEvent[]>;
}

function started({ state = opened(), settleMs = 0, answer, send }: Scene = {}) {
  const calls: string[] = [];
  const record = async (name: string): Promise<RecordOutcome> => {
    calls.push(name);
    return answer?.(name) ?? { kind: 'accepted', state, events: [] };
  };
  const dueWork = new DueWorkRunner({
    store: {
      outbox: { incidentStart: async () => ({ state, response: { settleMs }, now: new Date() }) },
      paging: {
        page: async ({ escalation }: { escalation: string }) => ({
          outcome: await record(escalation),
          leases: [escalation],
        }),
      },
      recorder: { record: ({ command }: { command: { type: string } }) => record(command.type) },
    } as never,
    deliveries: {
      whenFree: async () => undefined,
      sendFirst: async (_request, [escalation = '']) => send?.(escalation) ?? [],
      nextDueMs: async () => 30_000,
    },
    self: 'worker',
  });
  return { calls, dueWork };
}
const names = () => opened().escalations.map(({ name }) => name);

describe('a look at an incident', () => {
  it('pages every escalation that is due, and gives the workflow the same answer', async () => {
    const { calls, dueWork } = started({
      answer: async () => ({ kind: 'accepted', state: opened(), events: [noted(7)] }),
    });
    await dueWork.lookAt('incident-1');
    expect(calls).toEqual(names());
    expect(await dueWork.run(firstCall())).toEqual({ events: [noted(7)], nextDueMs: 30_000 });
    expect(calls).toEqual(names());
    // The answer is fetched once: a repeated call wants the current state.
    await dueWork.run(firstCall());
    expect(calls).toHaveLength(2 * names().length);
  });

  it('lets the workflow wait for a page that is under way, and sends nothing twice, whoever is first', async () => {
    let finish: (events: IncidentEvent[]) => void = () => undefined;
    const send = () => new Promise<IncidentEvent[]>((resolve) => (finish = resolve));
    const { calls, dueWork } = started({ send });
    const looked = dueWork.lookAt('incident-1');
    const called = dueWork.run(firstCall());
    const lookedAgain = dueWork.lookAt('incident-1');
    await new Promise((resolve) => setImmediate(resolve));
    finish([noted(9)]);
    await Promise.all([looked, lookedAgain]);
    expect((await called).events).toEqual([noted(9)]);
    expect(calls).toEqual(names());
  });

  it.each([
    ['the record', { answer: true, send: false }],
    ['the attempt', { answer: false, send: true }],
  ])('leaves the page to the workflow when %s fails', async (_what, failing) => {
    let works = false;
    const failure = <T>(is: boolean, value: T): Promise<T> =>
      is && !works ? Promise.reject(new Error('the database is away')) : Promise.resolve(value);
    const { calls, dueWork } = started({
      answer: () => failure(failing.answer, { kind: 'accepted', state: opened(), events: [] }),
      send: () => failure(failing.send, []),
    });
    await expect(dueWork.lookAt('incident-1')).rejects.toThrow('the database is away');
    works = true;
    await dueWork.run(firstCall());
    expect(calls).toHaveLength(2 * names().length);
  });

  it('ends a wait that is over, and pages what follows at once', async () => {
    const snoozed: IncidentState = { ...opened(), snoozedUntil: new Date(Date.now() - 1_000).toISOString() };
    const { calls, dueWork } = started({
      state: snoozed,
      // What follows is due at the instant of the end.
      answer: async () => {
        const state = opened();
        return { kind: 'accepted', state, events: [{ ...noted(5), at: state.createdAt }] };
      },
    });
    await dueWork.lookAt('incident-1');
    expect(calls).toEqual(['end_snooze', ...names()]);
  });

  it('does not repeat the end of a wait that the record refuses', async () => {
    const snoozed: IncidentState = { ...opened(), snoozedUntil: new Date(Date.now() - 1_000).toISOString() };
    const { calls, dueWork } = started({
      state: snoozed,
      answer: async () => ({ kind: 'refused', code: 'early', detail: '', state: snoozed, events: [] }),
    });
    await dueWork.lookAt('incident-1');
    expect(calls).toEqual(['end_snooze']);
  });

  it('pages nobody while an incident may still settle, or when everybody has been paged', async () => {
    const settling = started({ settleMs: 10_000 });
    await settling.dueWork.lookAt('incident-1');
    const acknowledged: IncidentState = {
      ...opened(),
      status: 'acknowledged',
      ackExpiresAt: at(600),
      escalations: [],
      snoozedUntil: new Date(Date.now() + 60_000).toISOString(),
    };
    const held = started({ state: acknowledged });
    await held.dueWork.lookAt('incident-1');
    expect([...settling.calls, ...held.calls]).toEqual([]);
  });
});

describe('several items of a workflow', () => {
  const about = { incidentId: 'incident-1', afterSeq: 1 };
  const answers: Record<string, IncidentEvent[]> = {
    checkout: [noted(2), noted(3)],
    trust: [noted(2)],
    network: [noted(4), noted(2)],
    resolve_quiet: [noted(1)],
  };
  const answer = async (name: string): Promise<RecordOutcome> => {
    const events = answers[name];
    if (events === undefined) throw new Error(name);
    return { kind: 'accepted', state: opened(), events };
  };

  it('answer with what all of them know, in order', async () => {
    const { dueWork } = started({ answer });
    const items = ['network', 'checkout', 'trust'].map(page);
    const sent = await dueWork.run({ ...about, items });
    expect(sent.events).toEqual([noted(2), noted(3), noted(4)]);
  });

  it('begin with the end of a wait, which may withdraw a page', async () => {
    const { calls, dueWork } = started({ answer });
    await dueWork.run({ ...about, items: [page('checkout'), { type: 'resolve_quiet' }] });
    expect(calls).toEqual(['resolve_quiet', 'checkout']);
  });

  it('fail only when all have ended, so that a repeated call meets nobody who still sends', async () => {
    let isSending = true;
    const send = async (): Promise<IncidentEvent[]> => {
      await new Promise((resolve) => setImmediate(resolve));
      isSending = false;
      return [];
    };
    const { dueWork } = started({ answer, send });
    await expect(dueWork.run({ ...about, items: [page('broken'), page('checkout')] })).rejects.toThrow(
      'broken',
    );
    expect(isSending).toBe(false);
  });
});
