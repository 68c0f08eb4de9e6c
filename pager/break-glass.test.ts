/** The break-glass pager on a real record, with a scripted provider. */
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import type { SendOutcome } from '../ports/channel.js';
import { pagedFixture } from '../db/testing/paged-fixture.js';
import { declareIncident } from '../db/incident/declare-incident.js';
import type { Store } from '../db/connection/store.js';
import type { OutgoingMessage } from '../domain/delivery/message.js';
import { withDatabase } from '../test/harness/database.js';
import { eventually } from '../test/harness/eventually.js';
import { BreakGlass } from './break-glass.js';

const accepted: SendOutcome = { kind: 'accepted', provider: 'test', providerId: null };
type Answer = (message: OutgoingMessage) => Promise<SendOutcome>;

interface Scene {
  store: Store;
  dataSource: DataSource;
  pager: BreakGlass;
  /** `incident title/channel`, in the order in which the calls began. */
  begun: string[];
  /** Opens an incident whose first page is due now. */
  owe: (title: string) => Promise<string>;
}

async function withPager(answer: Answer, act: (scene: Scene) => Promise<void>, lateMs = 0): Promise<void> {
  await withDatabase(async (dataSource) => {
    const { store } = await pagedFixture(dataSource);
    const begun: string[] = [];
    const channel = (name: string) => ({
      name,
      send: ({ message }: { message: OutgoingMessage }) => {
        begun.push(`${message.incident.title}/${name}`);
        return answer(message);
      },
    });
    const pager = new BreakGlass({
      store,
      sender: {
        ledger: store.ledger,
        channels: new Map(['sms', 'email'].map((name) => [name, channel(name)])),
        publicUrl: 'https://tocsin.example.com',
      },
      self: 'pager',
      lateMs,
      log: pino({ level: 'silent' }),
    });
    const owe = async (title: string): Promise<string> => {
      const { id } = await dataSource.transaction((tx) =>
        declareIncident(tx, store, { title, service: 'checkout-db', priority: 'P1', actor: 'ana' }),
      );
      return id;
    };
    await act({ store, dataSource, pager, begun, owe });
    await pager.settled();
  });
}

/** Makes an incident unreadable, like a bug that affects one incident alone. */
const poison = (dataSource: DataSource, id: string) =>
  dataSource.query(
    `UPDATE incident SET state = state - 'escalations', next_deadline = tocsin_now() - interval '1 day' WHERE id = $1`,
    [id],
  );

describe('an incident that cannot be processed', () => {
  it('holds up neither the others nor the late rows, is set aside, and leaves the pager well', () =>
    withPager(
      () => Promise.resolve(accepted),
      async ({ store, dataSource, pager, begun, owe }) => {
        await poison(dataSource, await owe('Poisoned'));
        const late = await owe('Late row');
        const { leases } = await store.paging.page({
          incidentId: late,
          escalation: 'checkout',
          due: { cycle: 0, step: 1 },
          actor: 'tocsin',
          tellWorkflow: true,
          afterSeq: 0,
          sender: 'gone',
        });
        await dataSource.query('UPDATE delivery SET lease_until = tocsin_now() WHERE lease = ANY ($1)', [
          leases,
        ]);
        await owe('Sound');
        await pager.tick();
        await pager.settled();
        expect(begun.toSorted()).toEqual(['Late row/sms', 'Sound/sms']);
        expect(pager.health()).toMatchObject({ ok: true, backOff: 1 });
      },
    ));

  it('and is behind a receipt that did not come does not keep other receipts from being chased', () =>
    withPager(
      () => Promise.resolve(accepted),
      async ({ dataSource, pager, begun, owe }) => {
        const ids = [await owe('Poisoned'), await owe('Sound')];
        await pager.tick();
        await pager.settled();
        await poison(dataSource, ids[0] ?? '');
        await dataSource.query(`UPDATE delivery SET confirm_by = tocsin_now() WHERE state = 'accepted'`);
        await eventually(async () => {
          await pager.tick();
          return begun.includes('Sound/email');
        });
        await pager.settled();
        expect(begun).not.toContain('Poisoned/email');
      },
    ));
});

describe('a provider that hangs', () => {
  it('keeps nobody waiting: the last of forty late incidents is paged beside the first', () => {
    let calls = 0;
    let open: () => void = () => undefined;
    const allThere = new Promise<SendOutcome>((resolve) => {
      open = () => resolve(accepted);
    });
    const answer: Answer = () => {
      calls += 1;
      // No call ends before the last one has begun.
      if (calls === 40) open();
      return allThere;
    };
    return withPager(answer, async ({ pager, begun, owe }) => {
      for (let number = 1; number <= 40; number += 1) await owe(`Late ${number}`);
      await pager.tick();
      await pager.settled();
      expect(new Set(begun).size).toBe(40);
    });
  });
});

describe('what the pager has taken over', () => {
  it('is tried again when the ledger says, not late once more', () =>
    withPager(
      () => Promise.resolve({ kind: 'failed', provider: 'test', error: 'no', permanent: false }),
      async ({ dataSource, pager, begun, owe }) => {
        const id = await owe('Tried again');
        await dataSource.query(`UPDATE incident SET next_deadline = next_deadline - interval '1 day'`);
        await dataSource.query(
          `UPDATE incident SET state = jsonb_set(state, '{createdAt}', to_jsonb((tocsin_now() - interval '1 day')::text))`,
        );
        await pager.tick();
        await pager.settled();
        expect(begun).toEqual(['Tried again/sms']);
        // The retry is due now; a pager that waits a minute does not count it as overdue.
        await dataSource.query(
          `UPDATE delivery SET due_at = tocsin_now() WHERE incident_id = $1 AND state = 'failed'`,
          [id],
        );
        await pager.tick();
        await pager.settled();
        expect(begun).toEqual(['Tried again/sms', 'Tried again/sms']);
      },
      60_000,
    ));
});
