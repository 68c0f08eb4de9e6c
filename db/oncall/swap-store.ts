/** Requests for cover of a shift. Accepting one writes its overrides in the same transaction. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Refused } from '../../domain/oncall/decide-override.js';
import {
  decideSwapAccept,
  decideSwapRequest,
  decideSwapClose,
  holdsAll,
  type SwapRequested,
  type SwapFacts,
  type SwapRequest,
} from '../../domain/oncall/decide-swap.js';
import { resolve } from '../../domain/oncall/resolve-shifts.js';
import { peopleOf, scheduleHistory } from '../../domain/oncall/revisions.js';
import type { Actor } from '../../domain/incident/state.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { type LiveChange, liveChange } from '../config/live-change.js';
import { insertOverride } from './override-store.js';
import { isUuid } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';
import { documentTitle } from '../../domain/config/display-names.js';

export interface Swap extends SwapRequest {
  id: string;
  schedule: string;
  reason: string | null;
  createdBy: Actor;
  createdAt: string;
}

export type SwapOutcome = { kind: 'accepted'; swap: Swap } | Refused | { kind: 'not_found' };

export class SwapStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /**
   * The requested people find the request on their page, in the API and in the mailbox; `link` is the page with the
   * answer form.
   */
  async ask(
    schedule: string,
    asked: SwapRequested & { reason: string | null },
    { actor, link }: { actor: Actor; link: string },
  ): Promise<SwapOutcome> {
    const done = await this.change(schedule, async (change): Promise<SwapOutcome> => {
      const { tx, now } = change;
      const open = await select(
        tx,
        `WHERE schedule = $1 AND requested_by = $2 AND state = 'open' AND to_at > $3`,
        [schedule, asked.by, now],
      );
      const facts = factsOf(change, schedule);
      const decision = decideSwapRequest(asked, { ...facts, open: open.map(({ shift }) => shift) });
      if (decision.kind === 'refused') return decision;
      const { by, to, reason } = asked;
      const { shift, inReturn } = decision;
      const id = randomUUID();
      await tx.query(
        `INSERT INTO swap_request (id, schedule, requested_by, requested_of, from_at, to_at, return_from, return_to, reason, state, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11)`,
        [
          id,
          schedule,
          by,
          to,
          shift.from,
          shift.to,
          inReturn?.from ?? null,
          inReturn?.to ?? null,
          reason,
          actor,
          now,
        ],
      );
      const people = to === null ? facts.people.filter((one) => one !== by && facts.isPerson(one)) : [to];
      await notify(change, people, { id, by, schedule, shift, inReturn, reason, link });
      await change.changed('swap.ask', actor, { id, by, to, shift, inReturn, reason });
      const made = { id, schedule, by, to, shift, inReturn, reason, createdBy: actor, createdAt: now };
      return { kind: 'accepted', swap: { ...made, state: 'open', decidedBy: null, decidedAt: null } };
    });
    return done ?? { kind: 'not_found' };
  }

  accept(schedule: string, id: string, by: string, actor: Actor): Promise<SwapOutcome> {
    return this.decide(schedule, id, async (change, swap) => {
      const decision = decideSwapAccept(swap, by, factsOf(change, schedule));
      if (decision.kind === 'refused') return decision;
      for (const override of decision.overrides) {
        await insertOverride(change.tx, {
          ...override,
          schedule,
          reason: swap.reason,
          swap: id,
          createdBy: actor,
          createdAt: change.now,
        });
      }
      return close(change, swap, { state: 'accepted', by, actor });
    });
  }

  /** `isManager`: manager of this schedule. */
  close(
    schedule: string,
    id: string,
    how: 'decline' | 'withdraw',
    { by, actor, isManager }: { by: string; actor: Actor; isManager: boolean },
  ): Promise<SwapOutcome> {
    return this.decide(schedule, id, async (change, swap) => {
      const decision = decideSwapClose(swap, how, { by, isManager });
      if (decision.kind === 'refused') return decision;
      return close(change, swap, { state: how === 'decline' ? 'declined' : 'withdrawn', by, actor });
    });
  }

  /** Open requests that can still be accepted, by shift; with `all` every request, newest first. */
  list(schedule: string, { all }: { all: boolean }): Promise<Swap[]> {
    return all
      ? select(this.dataSource, 'WHERE schedule = $1 ORDER BY created_at DESC, id LIMIT 200', [schedule])
      : select(
          this.dataSource,
          `WHERE schedule = $1 AND state = 'open' AND to_at > tocsin_now() ORDER BY from_at, id`,
          [schedule],
        );
  }

  /** Open requests of all schedules that are not over. */
  open(): Promise<Swap[]> {
    return select(
      this.dataSource,
      `WHERE state = 'open' AND to_at > tocsin_now() ORDER BY from_at, id LIMIT 500`,
      [],
    );
  }

  private change<T>(
    schedule: string,
    work: (change: LiveChange<'Schedule'>) => Promise<T>,
  ): Promise<T | null> {
    return liveChange(this.dataSource, this.snapshots, { kind: 'Schedule', name: schedule }, work);
  }

  private async decide(
    schedule: string,
    id: string,
    work: (change: LiveChange<'Schedule'>, swap: Swap) => Promise<SwapOutcome>,
  ): Promise<SwapOutcome> {
    if (!isUuid(id)) return { kind: 'not_found' };
    const done = await this.change(schedule, async (change): Promise<SwapOutcome> => {
      const [swap] = await select(change.tx, 'WHERE schedule = $1 AND id = $2', [schedule, id]);
      return swap === undefined ? { kind: 'not_found' } : work(change, swap);
    });
    return done ?? { kind: 'not_found' };
  }
}

async function close(
  { tx, now, changed }: LiveChange<'Schedule'>,
  swap: Swap,
  { state, by, actor }: { state: Exclude<Swap['state'], 'open'>; by: string; actor: Actor },
): Promise<SwapOutcome> {
  await tx.query('UPDATE swap_request SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1', [
    swap.id,
    state,
    by,
    now,
  ]);
  await changed(`swap.${state}`, actor, { id: swap.id, by, shift: swap.shift, inReturn: swap.inReturn });
  return { kind: 'accepted', swap: { ...swap, state, decidedBy: by, decidedAt: now } };
}

function factsOf(
  { snapshot, now }: LiveChange<'Schedule'>,
  schedule: string,
): SwapFacts & { people: string[] } {
  const history = scheduleHistory(snapshot, schedule);
  if (history === undefined) throw new Error(`schedule ${schedule} went away within its own transaction`);
  return {
    now,
    people: peopleOf(history, now),
    isPerson: (name) => snapshot.get('Person', name) !== undefined,
    holds: (person, { from, to }) => holdsAll(resolve(history, from, to), person),
  };
}

/**
 * Puts a message into the mailbox of everybody requested. A ledger delivery needs an incident, and a request has
 * none.
 */
async function notify(
  { tx, snapshot }: LiveChange<'Schedule'>,
  people: readonly string[],
  about: Pick<Swap, 'id' | 'by' | 'schedule' | 'shift' | 'inReturn' | 'reason'> & { link: string },
): Promise<void> {
  const { id, by, schedule, shift, inReturn, reason, link } = about;
  const asker = snapshot.get('Person', by)?.spec.displayName ?? by;
  const title = documentTitle(snapshot, 'Schedule', schedule);
  const back = inReturn === null ? '' : ` In return: ${inReturn.from} to ${inReturn.to}.`;
  const text = `${asker} asks you to take ${title} from ${shift.from} to ${shift.to}.${back}${reason === null ? '' : ` ${reason}`}`;
  const rows = people.map((person) => ({ id: randomUUID(), key: `swap/${id}/${person}`, person }));
  await tx.query(
    `INSERT INTO mailbox_message (id, key, person, subject, body, link, message, at)
     SELECT (p->>'id')::uuid, p->>'key', p->>'person', $2, $3, $4, $5, tocsin_now() FROM jsonb_array_elements($1::jsonb) p`,
    [
      JSON.stringify(rows),
      `${asker} asks for cover in ${title}`,
      text,
      link,
      JSON.stringify({ type: 'notice.sent', swap: id, schedule }),
    ],
  );
}

interface Row {
  id: string;
  schedule: string;
  requested_by: string;
  requested_of: string | null;
  from_at: Date;
  to_at: Date;
  return_from: Date | null;
  return_to: Date | null;
  reason: string | null;
  state: Swap['state'];
  created_by: string;
  created_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
}

async function select(tx: Querying, rest: string, values: unknown[]): Promise<Swap[]> {
  const rows: Row[] = await tx.query(`SELECT * FROM swap_request ${rest}`, values);
  return rows.map((row) => ({
    id: row.id,
    schedule: row.schedule,
    by: row.requested_by,
    to: row.requested_of,
    shift: { from: row.from_at.toISOString(), to: row.to_at.toISOString() },
    inReturn:
      row.return_from === null || row.return_to === null
        ? null
        : { from: row.return_from.toISOString(), to: row.return_to.toISOString() },
    reason: row.reason,
    state: row.state,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    decidedBy: row.decided_by,
    decidedAt: row.decided_at?.toISOString() ?? null,
  }));
}
