/** Columns, tables and members of stored JSON are named with the words of docs/glossary.md. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Table, column as it was, column as it is. */
const columns = [
  ['delivery', 'track', 'escalation'],
  ['delivery', 'lane', 'priority_class'],
  ['delivery', 'carrier', 'bundle'],
  ['round_robin', 'place', 'list_key'],
  ['approval', 'asked_from', 'requested_from'],
  ['review', 'asked_at', 'requested_at'],
  ['canary', 'asked_at', 'requested_at'],
  ['contact_message', 'asked_by', 'requested_by'],
  ['swap_request', 'asked_by', 'requested_by'],
  ['swap_request', 'asked_to', 'requested_of'],
] as const;

const tables = [
  ['sending_pace', 'sending_rate'],
  ['contact_standing', 'contact_status'],
  ['phone_sighting', 'phone_callback'],
] as const;

const constraints = [
  ['delivery', 'delivery_carrier_fkey', 'delivery_bundle_fkey'],
  ['sending_rate', 'sending_pace_pkey', 'sending_rate_pkey'],
  ['contact_status', 'contact_standing_pkey', 'contact_status_pkey'],
  ['contact_status', 'contact_standing_dead', 'contact_status_dead'],
  ['phone_callback', 'phone_sighting_pkey', 'phone_callback_pkey'],
] as const;

const indexes = [
  ['delivery_carrier', 'delivery_bundle'],
  ['phone_sighting_at', 'phone_callback_at'],
] as const;

/** Members that were named `track` and `tracks`, in columns of JSON. */
const members = [
  ['incident', 'state'],
  ['incident', 'response'],
  ['incident_event', 'data'],
  ['delivery', 'subject'],
  ['command_log', 'outcome'],
  ['outbox', 'message'],
] as const;

/** A quotation mark inside a text is escaped, so only names of members match. */
const renamed = (column: string, [from, to]: readonly [string, string]): string =>
  `replace(replace(${column}::text, '"${from}": ', '"${to}": '), '"${from}s": ', '"${to}s": ')::jsonb`;

async function renameMembers(runner: QueryRunner, names: readonly [string, string]): Promise<void> {
  await runner.query('ALTER TABLE incident_event DISABLE TRIGGER incident_event_append_only');
  for (const [table, column] of members) {
    await runner.query(
      `UPDATE ${table} SET ${column} = ${renamed(column, names)} WHERE ${column}::text LIKE '%"${names[0]}%'`,
    );
  }
  await runner.query('ALTER TABLE incident_event ENABLE TRIGGER incident_event_append_only');
}

export class FieldWords1765500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [from, to] of tables) await runner.query(`ALTER TABLE ${from} RENAME TO ${to}`);
    for (const [table, from, to] of columns)
      await runner.query(`ALTER TABLE ${table} RENAME COLUMN ${from} TO ${to}`);
    for (const [table, from, to] of constraints)
      await runner.query(`ALTER TABLE ${table} RENAME CONSTRAINT ${from} TO ${to}`);
    for (const [from, to] of indexes) await runner.query(`ALTER INDEX ${from} RENAME TO ${to}`);
    await renameMembers(runner, ['track', 'escalation']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await renameMembers(runner, ['escalation', 'track']);
    for (const [from, to] of indexes) await runner.query(`ALTER INDEX ${to} RENAME TO ${from}`);
    for (const [table, from, to] of constraints)
      await runner.query(`ALTER TABLE ${table} RENAME CONSTRAINT ${to} TO ${from}`);
    for (const [table, from, to] of columns)
      await runner.query(`ALTER TABLE ${table} RENAME COLUMN ${to} TO ${from}`);
    for (const [from, to] of tables) await runner.query(`ALTER TABLE ${to} RENAME TO ${from}`);
  }
}
