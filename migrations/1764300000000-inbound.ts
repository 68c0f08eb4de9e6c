/** What comes back: answers of people over channels, and receipts of providers. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Inbound1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE inbound_reply (
  id uuid CONSTRAINT inbound_reply_pkey PRIMARY KEY,
  at timestamptz NOT NULL,
  channel text NOT NULL,
  message_id text NOT NULL,
  sender text NOT NULL,
  person text,
  body text NOT NULL,
  intent text,
  incidents text[] NOT NULL DEFAULT '{}',
  outcome text NOT NULL,
  answer text,
  CONSTRAINT inbound_reply_message UNIQUE (channel, message_id),
  CONSTRAINT inbound_reply_outcome CHECK (outcome IN ('taken', 'done', 'refused', 'not_understood', 'unknown_sender'))
)`);
    await runner.query('CREATE INDEX inbound_reply_at ON inbound_reply (at)');
    await runner.query(`
CREATE TABLE provider_callback (
  id uuid CONSTRAINT provider_callback_pkey PRIMARY KEY,
  received_at timestamptz NOT NULL,
  provider text NOT NULL,
  event_id text,
  delivery_id uuid CONSTRAINT provider_callback_delivery_id_fkey REFERENCES delivery (id),
  provider_id text,
  verdict text,
  error text,
  at timestamptz,
  outcome text NOT NULL,
  reason text,
  body_start text,
  CONSTRAINT provider_callback_event UNIQUE (provider, event_id),
  CONSTRAINT provider_callback_outcome CHECK (outcome IN ('applied', 'late', 'unknown', 'refused'))
)`);
    await runner.query('CREATE INDEX provider_callback_received_at ON provider_callback (received_at)');
    await runner.query('CREATE INDEX provider_callback_delivery ON provider_callback (delivery_id)');
    await runner.query('ALTER TABLE delivery ADD COLUMN receipt text');
    await runner.query(
      'CREATE INDEX delivery_provider_id ON delivery (provider_id) WHERE provider_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX delivery_provider_id');
    await runner.query('ALTER TABLE delivery DROP COLUMN receipt');
    await runner.query('DROP TABLE provider_callback');
    await runner.query('DROP TABLE inbound_reply');
  }
}
