/** People's own contacts, the codes that verify them, their rules, and messages that belong to no incident. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Contacts1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE contact (
  id uuid CONSTRAINT contact_pkey PRIMARY KEY,
  person text NOT NULL,
  name text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  secret bytea,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  verified_at timestamptz,
  removed_at timestamptz
)`);
    await runner.query('CREATE UNIQUE INDEX contact_name ON contact (person, name) WHERE removed_at IS NULL');
    // Of contacts of people and of documents alike: a changed address starts anew.
    await runner.query(`
CREATE TABLE contact_standing (
  person text NOT NULL,
  contact text NOT NULL,
  address text NOT NULL,
  dead_at timestamptz,
  dead_reason text,
  last_reached_at timestamptz,
  CONSTRAINT contact_standing_pkey PRIMARY KEY (person, contact, address),
  CONSTRAINT contact_standing_dead CHECK ((dead_at IS NULL) = (dead_reason IS NULL))
)`);
    await runner.query(`
CREATE TABLE contact_check (
  id uuid CONSTRAINT contact_check_pkey PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT contact_check_contact_id_fkey REFERENCES contact (id),
  code_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  used_at timestamptz,
  burnt_at timestamptz
)`);
    await runner.query('CREATE INDEX contact_check_contact ON contact_check (contact_id, created_at)');
    await runner.query(`
CREATE TABLE contact_message (
  id uuid CONSTRAINT contact_message_pkey PRIMARY KEY,
  key text NOT NULL,
  kind text NOT NULL,
  person text NOT NULL,
  contact text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  asked_by text NOT NULL,
  code bytea,
  link bytea,
  state text NOT NULL,
  held text,
  attempts integer NOT NULL DEFAULT 0,
  doubtful boolean NOT NULL DEFAULT false,
  lease uuid,
  lease_until timestamptz,
  due_at timestamptz,
  provider text,
  provider_id text,
  error text,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  confirmed_at timestamptz,
  CONSTRAINT contact_message_key UNIQUE (key),
  CONSTRAINT contact_message_kind CHECK (kind IN ('code', 'test')),
  CONSTRAINT contact_message_state CHECK (state IN ('planned', 'sending', 'accepted', 'failed'))
)`);
    await runner.query('CREATE UNIQUE INDEX contact_message_link ON contact_message (link)');
    await runner.query(
      `CREATE INDEX contact_message_due ON contact_message (due_at) WHERE state IN ('planned', 'sending')`,
    );
    await runner.query('CREATE INDEX contact_message_person ON contact_message (person, created_at)');
    await runner.query('CREATE INDEX contact_message_address ON contact_message (address, created_at)');
    await runner.query(`
CREATE TABLE person_preference (
  person text CONSTRAINT person_preference_pkey PRIMARY KEY,
  rules jsonb,
  quiet_hours jsonb,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL
)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE person_preference');
    await runner.query('DROP TABLE contact_message');
    await runner.query('DROP TABLE contact_check');
    await runner.query('DROP TABLE contact_standing');
    await runner.query('DROP TABLE contact');
  }
}
