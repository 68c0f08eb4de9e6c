/** The ledger's lanes, what holds a message back, what carries it, and by when a receipt is expected; who sent how much lately. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  // `lane`: 0 page, 1 reply, 2 update, 3 digest. `held`: why it waits, in words. `carrier`: the page that names this one too.
  `ALTER TABLE delivery ADD COLUMN lane integer NOT NULL DEFAULT 0, ADD COLUMN held text,
     ADD COLUMN carrier uuid CONSTRAINT delivery_carrier_fkey REFERENCES delivery (id), ADD COLUMN confirm_by timestamptz`,
  `UPDATE delivery SET lane = CASE type WHEN 'page.requested' THEN 0 WHEN 'approval.requested' THEN 1
     WHEN 'review.requested' THEN 3 ELSE 2 END`,
  `CREATE INDEX delivery_carrier ON delivery (carrier) WHERE carrier IS NOT NULL`,
  `CREATE INDEX delivery_owed ON delivery (person, contact) WHERE state = 'planned'`,
  `CREATE INDEX delivery_unconfirmed ON delivery (confirm_by) WHERE confirm_by IS NOT NULL AND state = 'accepted'`,
  // One row for each provider, address and person: the lock on it is the turn. Lost with the table is only the recent past.
  `CREATE TABLE sending_pace (
     scope text CONSTRAINT sending_pace_pkey PRIMARY KEY, free_at timestamptz, recent timestamptz[] NOT NULL DEFAULT '{}')
     WITH (fillfactor = 50)`,
  // The moves of domain/delivery/ledger.ts (docs/reliability.md §3, I4); a test compares the two.
  `CREATE FUNCTION delivery_move() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF NEW.state <> ALL (CASE OLD.state
            WHEN 'planned' THEN ARRAY['sending', 'suppressed']
            WHEN 'sending' THEN ARRAY['accepted', 'delivered', 'failed', 'exhausted', 'suppressed']
            WHEN 'accepted' THEN ARRAY['delivered', 'failed']
            WHEN 'failed' THEN ARRAY['sending', 'exhausted']
            ELSE ARRAY[]::text[] END) THEN
         RAISE EXCEPTION 'delivery % cannot go from % to %', OLD.id, OLD.state, NEW.state
           USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_move';
       END IF;
       RETURN NEW;
     END $$`,
  `CREATE TRIGGER delivery_move BEFORE UPDATE OF state ON delivery FOR EACH ROW
     WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION delivery_move()`,
];

const down = [
  'DROP TRIGGER delivery_move ON delivery',
  'DROP FUNCTION delivery_move()',
  'DROP TABLE sending_pace',
  'DROP INDEX delivery_unconfirmed, delivery_owed, delivery_carrier',
  'ALTER TABLE delivery DROP COLUMN confirm_by, DROP COLUMN carrier, DROP COLUMN held, DROP COLUMN lane',
];

export class LedgerLanes1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of down) await runner.query(statement);
  }
}
