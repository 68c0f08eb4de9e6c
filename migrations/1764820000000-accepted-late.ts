/** An acceptance that is written late ends its row, also one that others have gone on with and given up meanwhile. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The moves of domain/delivery/ledger.ts (docs/reliability.md §3, I4); a test compares the two. */
const moves = (fromFailed: string, fromExhausted: string): string =>
  `CREATE OR REPLACE FUNCTION delivery_move() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF NEW.state <> ALL (CASE OLD.state
            WHEN 'planned' THEN ARRAY['sending', 'suppressed']
            WHEN 'sending' THEN ARRAY['accepted', 'delivered', 'failed', 'exhausted', 'suppressed']
            WHEN 'accepted' THEN ARRAY['delivered', 'failed']
            WHEN 'failed' THEN ARRAY[${fromFailed}]
            WHEN 'exhausted' THEN ARRAY[${fromExhausted}]::text[]
            ELSE ARRAY[]::text[] END) THEN
         RAISE EXCEPTION 'delivery % cannot go from % to %', OLD.id, OLD.state, NEW.state
           USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_move';
       END IF;
       RETURN NEW;
     END $$`;

export class AcceptedLate1764820000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(moves(`'sending', 'exhausted', 'accepted', 'delivered'`, `'accepted', 'delivered'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(moves(`'sending', 'exhausted'`, ''));
  }
}
