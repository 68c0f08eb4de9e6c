/**
 * The record: configuration revisions, alerts, incidents as folds of their events, the outbox, the delivery ledger, runs,
 * post-mortems, links, sessions, keys, audit (docs/architecture.md, The record and Temporal, docs/reliability.md §2–3).
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const up = [
  // The one clock of the record; a test shifts it with ALTER DATABASE … SET tocsin.clock_shift = '1 hour'.
  `CREATE FUNCTION tocsin_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
     SELECT clock_timestamp() + coalesce(nullif(current_setting('tocsin.clock_shift', true), ''), '0')::interval $$`,

  // Configuration: one row a revision, the newest in force; a null spec is a deletion.
  `CREATE TABLE config_object (
     kind text NOT NULL, name text NOT NULL, revision integer NOT NULL, spec jsonb,
     managed_by text NOT NULL DEFAULT 'api', author text NOT NULL, at timestamptz NOT NULL,
     PRIMARY KEY (kind, name, revision))`,
  // Bumped in the transaction of every change, so a reader knows with one row whether its snapshot is still in force.
  `CREATE TABLE config_head (id boolean PRIMARY KEY DEFAULT true CHECK (id), version bigint NOT NULL)`,
  `INSERT INTO config_head (version) VALUES (0)`,
  `CREATE TABLE config_plan (
     id uuid PRIMARY KEY, version bigint NOT NULL, documents jsonb NOT NULL, prune boolean NOT NULL,
     author text NOT NULL, at timestamptz NOT NULL)`,
  // Ingest keys are looked up by hash; the documents never hold them.
  `CREATE TABLE source_key (
     hash bytea PRIMARY KEY, source text NOT NULL, hint text NOT NULL, created_at timestamptz NOT NULL)`,
  `CREATE INDEX source_key_source ON source_key (source)`,
  `CREATE TABLE person (
     name text PRIMARY KEY, email text NOT NULL, display_name text NOT NULL, role text NOT NULL,
     timezone text NOT NULL, active boolean NOT NULL DEFAULT true, last_seen_at timestamptz)`,
  `CREATE UNIQUE INDEX person_email ON person (lower(email)) WHERE active`,

  // Intake.
  `CREATE TABLE ingest_log (
     id uuid NOT NULL, at timestamptz NOT NULL, source text NOT NULL, format text NOT NULL, body bytea NOT NULL,
     signals integer NOT NULL, PRIMARY KEY (id))`,
  `CREATE INDEX ingest_log_at ON ingest_log (at)`,
  `CREATE TABLE rejection (
     id uuid PRIMARY KEY, at timestamptz NOT NULL, source text, format text NOT NULL, reason text NOT NULL,
     errors jsonb NOT NULL, body_start text NOT NULL)`,
  `CREATE INDEX rejection_at ON rejection (at)`,
  `CREATE SEQUENCE incident_number`,
  `CREATE TABLE incident (
     id uuid PRIMARY KEY, number bigint NOT NULL UNIQUE, title text NOT NULL, service text, team text NOT NULL,
     priority text NOT NULL, status text NOT NULL, drill uuid, postmortem_status text NOT NULL DEFAULT 'none',
     merged_into uuid REFERENCES incident (id), seq integer NOT NULL, state jsonb NOT NULL, response jsonb NOT NULL,
     next_deadline timestamptz, created_at timestamptz NOT NULL, acknowledged_at timestamptz, resolved_at timestamptz, closed_at timestamptz,
     CONSTRAINT incident_status CHECK (status IN ('triggered', 'acknowledged', 'resolved', 'closed')),
     CONSTRAINT incident_postmortem_status CHECK
       (postmortem_status IN ('none', 'draft', 'in_review', 'changes_requested', 'approved', 'waived')),
     -- The gate (docs/domain.md, Post-mortem gate): there is no other way to closed, for any program or person with SQL.
     CONSTRAINT incident_closed_only_through_review CHECK
       (status <> 'closed' OR postmortem_status IN ('approved', 'waived') OR merged_into IS NOT NULL))`,
  `CREATE INDEX incident_by_time ON incident (created_at DESC, id DESC)`,
  `CREATE INDEX incident_open ON incident (created_at DESC, id DESC) WHERE status <> 'closed'`,
  `CREATE INDEX incident_open_service ON incident (service) WHERE status IN ('triggered', 'acknowledged')`,
  `CREATE INDEX incident_deadline ON incident (next_deadline) WHERE next_deadline IS NOT NULL`,
  `CREATE TABLE alert (
     id uuid PRIMARY KEY, source text NOT NULL, dedup_key text NOT NULL, status text NOT NULL, title text NOT NULL,
     severity text NOT NULL, service text, labels jsonb NOT NULL, links jsonb NOT NULL, detail jsonb,
     count bigint NOT NULL DEFAULT 1, incident_id uuid REFERENCES incident (id), reasons jsonb NOT NULL DEFAULT '[]',
     first_at timestamptz NOT NULL, last_at timestamptz NOT NULL, occurred_at timestamptz, resolve_at timestamptz,
     closed_at timestamptz, resolve_occurred_at timestamptz,
     CONSTRAINT alert_status CHECK (status IN ('open', 'closed'))) WITH (fillfactor = 85)`,
  `CREATE UNIQUE INDEX alert_open_key ON alert (source, dedup_key) WHERE status = 'open'`,
  `CREATE INDEX alert_key_history ON alert (source, dedup_key, closed_at DESC)`,
  `CREATE INDEX alert_incident ON alert (incident_id)`,
  `CREATE INDEX alert_resolve_at ON alert (resolve_at) WHERE status = 'open' AND resolve_at IS NOT NULL`,
  // A resolve seen before its trigger waits here for it (R2).
  `CREATE TABLE parked_resolve (
     source text NOT NULL, dedup_key text NOT NULL, at timestamptz NOT NULL, occurred_at timestamptz,
     PRIMARY KEY (source, dedup_key))`,
  `CREATE TABLE dropped_signal (
     id uuid PRIMARY KEY, at timestamptz NOT NULL, source text NOT NULL, dedup_key text NOT NULL, action text NOT NULL,
     reason text NOT NULL)`,
  `CREATE INDEX dropped_signal_at ON dropped_signal (at)`,

  // The record proper.
  `CREATE TABLE incident_event (
     incident_id uuid NOT NULL REFERENCES incident (id), seq integer NOT NULL, at timestamptz NOT NULL,
     kind text NOT NULL, actor text NOT NULL, data jsonb NOT NULL, PRIMARY KEY (incident_id, seq),
     CONSTRAINT incident_event_small CHECK (octet_length(data::text) <= 8192))`,
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$`,
  `CREATE TRIGGER incident_event_append_only BEFORE UPDATE OR DELETE ON incident_event
     FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
  // Closing by hand is refused even with a forged post-mortem status: the event that allows it must be on the record.
  `CREATE FUNCTION closed_needs_review_event() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF NEW.status = 'closed' AND NOT EXISTS (
         SELECT 1 FROM incident_event WHERE incident_id = NEW.id
            AND kind IN ('postmortem_approved', 'postmortem_waived', 'merged')) THEN
         RAISE EXCEPTION 'incident % cannot be closed: no approved or waived post-mortem on its record', NEW.number
           USING ERRCODE = 'check_violation', CONSTRAINT = 'incident_closed_only_through_review';
       END IF;
       RETURN NULL;
     END $$`,
  `CREATE CONSTRAINT TRIGGER incident_closed_needs_event AFTER INSERT OR UPDATE OF status ON incident
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'closed')
     EXECUTE FUNCTION closed_needs_review_event()`,
  // What Temporal has not been told yet: an event of an incident, or a workflow to start.
  `CREATE TABLE outbox (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, workflow_id text NOT NULL, incident_id uuid, seq integer,
     message jsonb NOT NULL, created_at timestamptz NOT NULL, delivered_at timestamptz)`,
  `CREATE INDEX outbox_undelivered ON outbox (workflow_id, id) WHERE delivered_at IS NULL`,
  `CREATE TABLE command_log (
     incident_id uuid NOT NULL REFERENCES incident (id), actor text NOT NULL, key text NOT NULL, outcome jsonb NOT NULL,
     at timestamptz NOT NULL, PRIMARY KEY (incident_id, actor, key))`,
  `CREATE INDEX command_log_key ON command_log (actor, key)`,

  // Delivery ledger (docs/reliability.md §3).
  `CREATE TABLE delivery (
     id uuid PRIMARY KEY, key text NOT NULL UNIQUE, incident_id uuid NOT NULL REFERENCES incident (id),
     type text NOT NULL, subject jsonb NOT NULL, track text, cycle integer NOT NULL, step integer NOT NULL,
     person text NOT NULL, contact text NOT NULL, rule integer NOT NULL, channel text NOT NULL, address text NOT NULL,
     state text NOT NULL, reason text, due_at timestamptz, attempts integer NOT NULL DEFAULT 0, lease uuid,
     lease_until timestamptz, provider text, provider_id text, created_at timestamptz NOT NULL,
     updated_at timestamptz NOT NULL,
     CONSTRAINT delivery_state CHECK
       (state IN ('planned', 'sending', 'accepted', 'delivered', 'failed', 'exhausted', 'suppressed')),
     CONSTRAINT delivery_lease CHECK ((state = 'sending') = (lease IS NOT NULL)),
     CONSTRAINT delivery_suppressed_reason CHECK (state <> 'suppressed' OR reason IS NOT NULL)) WITH (fillfactor = 85)`,
  `CREATE INDEX delivery_incident ON delivery (incident_id, created_at, id)`,
  `CREATE INDEX delivery_person ON delivery (person, created_at DESC)`,
  `CREATE INDEX delivery_due ON delivery (due_at) WHERE state IN ('planned', 'failed') AND due_at IS NOT NULL`,
  `CREATE INDEX delivery_leased ON delivery (lease_until) WHERE state = 'sending'`,
  `CREATE TABLE delivery_attempt (
     delivery_id uuid NOT NULL REFERENCES delivery (id), n integer NOT NULL, at timestamptz NOT NULL, sender text NOT NULL,
     outcome text, provider text, error text, possible_duplicate boolean NOT NULL, finished_at timestamptz,
     PRIMARY KEY (delivery_id, n))`,
  `CREATE TABLE mailbox_message (
     id uuid PRIMARY KEY, key text NOT NULL UNIQUE, person text NOT NULL, subject text NOT NULL, body text NOT NULL,
     link text NOT NULL, message jsonb NOT NULL, at timestamptz NOT NULL, read_at timestamptz)`,
  `CREATE INDEX mailbox_person ON mailbox_message (person, at DESC)`,

  // Runbooks.
  `CREATE TABLE run (
     id uuid PRIMARY KEY, incident_id uuid NOT NULL REFERENCES incident (id), runbook text NOT NULL,
     revision integer NOT NULL, spec jsonb NOT NULL, inputs jsonb NOT NULL, state text NOT NULL, dry_run boolean NOT NULL,
     started_by text NOT NULL, started_at timestamptz NOT NULL, finished_at timestamptz)`,
  `CREATE INDEX run_incident ON run (incident_id, started_at)`,
  `CREATE TABLE run_step (
     run_id uuid NOT NULL REFERENCES run (id), step_id text NOT NULL, position integer NOT NULL, kind text NOT NULL,
     state text NOT NULL, attempts integer NOT NULL DEFAULT 0, started_at timestamptz, finished_at timestamptz,
     output jsonb, error text, PRIMARY KEY (run_id, step_id))`,
  `CREATE TABLE approval (
     id uuid PRIMARY KEY, run_id uuid NOT NULL REFERENCES run (id), step_id text NOT NULL,
     incident_id uuid NOT NULL REFERENCES incident (id), message text NOT NULL, asked_from jsonb NOT NULL,
     quorum integer NOT NULL, two_person boolean NOT NULL, digest text NOT NULL, inputs jsonb NOT NULL, outcome text NOT NULL,
     requested_at timestamptz NOT NULL, expires_at timestamptz, decided_at timestamptz)`,
  `CREATE INDEX approval_run ON approval (run_id)`,
  `CREATE INDEX approval_incident ON approval (incident_id)`,
  `CREATE TABLE approval_decision (
     approval_id uuid NOT NULL REFERENCES approval (id), person text NOT NULL, decision text NOT NULL, comment text,
     at timestamptz NOT NULL, PRIMARY KEY (approval_id, person))`,

  // Post-mortems.
  `CREATE TABLE postmortem (
     incident_id uuid PRIMARY KEY REFERENCES incident (id), kind text NOT NULL, revision integer NOT NULL,
     sections jsonb NOT NULL, facts jsonb NOT NULL, quorum jsonb NOT NULL, due timestamptz, author text,
     created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL)`,
  `CREATE TABLE postmortem_revision (
     incident_id uuid NOT NULL REFERENCES postmortem (incident_id), revision integer NOT NULL, sections jsonb NOT NULL,
     author text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (incident_id, revision))`,
  `CREATE TABLE review (
     incident_id uuid NOT NULL REFERENCES postmortem (incident_id), person text NOT NULL, review_group text NOT NULL,
     decision text NOT NULL, comment text, revision integer NOT NULL, asked_at timestamptz NOT NULL, at timestamptz,
     PRIMARY KEY (incident_id, person))`,
  `CREATE TABLE action_item (
     id uuid PRIMARY KEY, incident_id uuid NOT NULL REFERENCES incident (id), title text NOT NULL, owner text, due date,
     url text, state text NOT NULL, created_at timestamptz NOT NULL, closed_at timestamptz)`,
  `CREATE INDEX action_item_incident ON action_item (incident_id)`,

  // Drills.
  `CREATE TABLE drill_run (
     id uuid PRIMARY KEY, drill text NOT NULL, revision integer NOT NULL, spec jsonb NOT NULL, incident_id uuid,
     state text NOT NULL, started_by text NOT NULL, aborted_by text, silenced jsonb NOT NULL DEFAULT '[]', score jsonb,
     expectations jsonb NOT NULL DEFAULT '[]',
     started_at timestamptz NOT NULL, finished_at timestamptz)`,
  `CREATE INDEX drill_run_by_drill ON drill_run (drill, started_at DESC)`,
  `ALTER TABLE incident ADD CONSTRAINT incident_drill FOREIGN KEY (drill) REFERENCES drill_run (id)`,

  // Access.
  `CREATE TABLE link_token (
     hash bytea PRIMARY KEY, kind text NOT NULL, incident_id uuid NOT NULL REFERENCES incident (id), person text NOT NULL,
     subject jsonb NOT NULL, created_at timestamptz NOT NULL, expires_at timestamptz, revoked_at timestamptz,
     used_at timestamptz, used_for text)`,
  `CREATE INDEX link_token_incident ON link_token (incident_id)`,
  `CREATE TABLE link_nonce (
     hash bytea PRIMARY KEY, link_hash bytea NOT NULL REFERENCES link_token (hash), created_at timestamptz NOT NULL,
     used_at timestamptz)`,
  `CREATE TABLE session (
     hash bytea PRIMARY KEY, person text NOT NULL, created_at timestamptz NOT NULL, seen_at timestamptz NOT NULL,
     expires_at timestamptz NOT NULL, ended_at timestamptz)`,
  `CREATE INDEX session_person ON session (person)`,
  `CREATE TABLE setup_link (
     hash bytea PRIMARY KEY, purpose text NOT NULL, person text, created_at timestamptz NOT NULL,
     expires_at timestamptz NOT NULL, used_at timestamptz)`,
  `CREATE TABLE api_key (
     id text PRIMARY KEY, name text NOT NULL, hash bytea NOT NULL, role text NOT NULL, team text, created_by text NOT NULL,
     created_at timestamptz NOT NULL, expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz)`,
  `CREATE TABLE audit_entry (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, actor text NOT NULL, action text NOT NULL,
     subject text NOT NULL, data jsonb NOT NULL)`,
  `CREATE INDEX audit_subject ON audit_entry (subject, id)`,
  `CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
     FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
  `CREATE TABLE heartbeat (
     process text NOT NULL, instance text NOT NULL, at timestamptz NOT NULL, detail jsonb NOT NULL,
     PRIMARY KEY (process, instance))`,
];

const tables = [
  'heartbeat', 'audit_entry', 'api_key', 'setup_link', 'session', 'link_nonce', 'link_token', 'action_item', 'review',
  'postmortem_revision', 'postmortem', 'approval_decision', 'approval', 'run_step', 'run', 'mailbox_message',
  'delivery_attempt', 'delivery', 'command_log', 'outbox', 'incident_event', 'dropped_signal', 'parked_resolve', 'alert',
  'incident', 'drill_run', 'rejection', 'ingest_log', 'person', 'source_key', 'config_plan', 'config_head', 'config_object',
]; // prettier-ignore

export class TheRecord1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of up) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP SEQUENCE incident_number');
    await runner.query('DROP FUNCTION refuse_change, closed_needs_review_event, tocsin_now');
  }
}
