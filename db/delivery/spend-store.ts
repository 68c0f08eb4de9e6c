/**
 * Counts paid messages per day (UTC), overall and per person, under one lock: two processes cannot both send the last
 * one.
 */
import type { DataSource } from 'typeorm';
import type { SpendPort } from '../../ports/delivery.js';
import {
  decideSpend,
  type SpendDecision,
  type SpendLimits,
  type SpendRefusal,
} from '../../domain/delivery/spend.js';

const OVERALL = 'all';
const ofPerson = (person: string): string => `person:${person}`;
const ofRefusal = (because: SpendRefusal): string => `refused:${because}`;
const TODAY = `(tocsin_now() AT TIME ZONE 'UTC')::date`;

interface Counter {
  scope: string;
  count: number;
}

export class SpendStore implements SpendPort {
  constructor(private readonly dataSource: DataSource) {}

  reserve({
    person,
    isUrgent,
    limits,
  }: {
    person: string;
    isUrgent: boolean;
    limits: SpendLimits;
  }): Promise<SpendDecision> {
    const scopes = [OVERALL, ofPerson(person)];
    return this.dataSource.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO paid_message_count (day, scope) SELECT ${TODAY}, unnest($1::text[]) ON CONFLICT DO NOTHING`,
        [scopes],
      );
      // Every transaction locks the overall counter first, which prevents deadlocks.
      const counters: Counter[] = await tx.query(
        `SELECT scope, count FROM paid_message_count WHERE day = ${TODAY} AND scope = ANY ($1) ORDER BY scope FOR UPDATE`,
        [scopes],
      );
      const countOf = (scope: string): number => counters.find((one) => one.scope === scope)?.count ?? 0;
      const counts = { overall: countOf(OVERALL), person: countOf(ofPerson(person)) };
      const decision = decideSpend(counts, limits, isUrgent);
      const counted = decision.kind === 'allowed' ? scopes : [ofRefusal(decision.because)];
      await tx.query(
        `INSERT INTO paid_message_count AS c (day, scope, count) SELECT ${TODAY}, unnest($1::text[]), 1
           ON CONFLICT (day, scope) DO UPDATE SET count = c.count + 1`,
        [counted],
      );
      return decision;
    });
  }

  async refund(person: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      for (const scope of [OVERALL, ofPerson(person)])
        await tx.query(
          `UPDATE paid_message_count SET count = greatest(count - 1, 0) WHERE day = ${TODAY} AND scope = $1`,
          [scope],
        );
    });
  }

  async refused(because: SpendRefusal): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO paid_message_count AS c (day, scope, count) VALUES (${TODAY}, $1, 1)
         ON CONFLICT (day, scope) DO UPDATE SET count = c.count + 1`,
      [ofRefusal(because)],
    );
  }
}

/** Today's counts for the metrics: `sent`, and the refused ones by reason. */
export async function paidMessagesToday(dataSource: DataSource): Promise<{ what: string; count: number }[]> {
  return dataSource.query(
    `SELECT CASE scope WHEN '${OVERALL}' THEN 'sent' ELSE replace(scope, 'refused:', 'held_back_by_') END AS what, count
       FROM paid_message_count WHERE day = ${TODAY} AND scope NOT LIKE 'person:%'`,
  );
}
