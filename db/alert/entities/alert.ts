import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** One condition, deduplicated by (source, key) while it is open. */
@Entity('alert')
@Index('alert_incident', ['incidentId'])
@Index('alert_newest', ['firstAt', 'id'])
@Index('alert_key_history', { synchronize: false })
@Index('alert_open_key', ['source', 'dedupKey'], { unique: true, where: `(status = 'open'::text)` })
@Index('alert_without_incident', ['status'], { where: `(incident_id IS NULL)` })
@Index('alert_open_group', ['source', 'groupKey'], {
  where: `((status = 'open'::text) AND (group_key IS NOT NULL))`,
})
@Index('alert_resolve_at', ['resolveAt'], { where: `((status = 'open'::text) AND (resolve_at IS NOT NULL))` })
@Index('alert_held_by', ['heldBy', 'judgedAt'], {
  where: `((status = 'open'::text) AND (held_by IS NOT NULL))`,
})
@Index('alert_released_by', ['releasedBy'], { where: `(released_by IS NOT NULL)` })
@Check('alert_held', `((held_by IS NULL) OR (incident_id IS NULL))`)
@Check('alert_status', `(status = ANY (ARRAY['open'::text, 'closed'::text]))`)
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'alert_incident_id_fkey' })
export class AlertRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'alert_pkey' })
  id!: string;

  @Column('text')
  source!: string;

  @Column('text', { name: 'dedup_key' })
  dedupKey!: string;

  @Column('text')
  status!: string;

  @Column('text')
  title!: string;

  @Column('text')
  severity!: string;

  @Column('text', { nullable: true })
  service!: string | null;

  @Column('jsonb')
  labels!: unknown;

  @Column('jsonb')
  links!: unknown;

  @Column('jsonb', { nullable: true })
  detail!: unknown;

  @Column('bigint', { default: 1 })
  count!: string;

  @Column('uuid', { name: 'incident_id', nullable: true })
  incidentId!: string | null;

  @Column('jsonb', { default: [] })
  reasons!: unknown;

  @Column('timestamptz', { name: 'first_at' })
  firstAt!: Date;

  @Column('timestamptz', { name: 'last_at' })
  lastAt!: Date;

  @Column('timestamptz', { name: 'occurred_at', nullable: true })
  occurredAt!: Date | null;

  @Column('timestamptz', { name: 'resolve_at', nullable: true })
  resolveAt!: Date | null;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;

  @Column('timestamptz', { name: 'resolve_occurred_at', nullable: true })
  resolveOccurredAt!: Date | null;

  /** Newest texts and fields, where they differ from the first ones. */
  @Column('jsonb', { nullable: true })
  newest!: unknown;

  /** `source:prometheus`, a person, `tocsin`; null while the alert is open. */
  @Column('text', { name: 'closed_by', nullable: true })
  closedBy!: string | null;

  /** Start of the condition by the sender's clock, from the newest signal. */
  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  /** Time at which the newest trigger was received. */
  @Column('timestamptz', { name: 'triggered_at', nullable: true })
  triggeredAt!: Date | null;

  @Column('text', { name: 'trigger_body', nullable: true })
  triggerBody!: string | null;

  @Column('text', { name: 'group_key', nullable: true })
  groupKey!: string | null;

  /** Largest number of alerts that the sender has left out of a notification of this group. */
  @Column('int', { default: 0 })
  truncated!: number;

  /** What holds the alert, so that it has no incident: `silence/<id>`, `after`. */
  @Column('text', { name: 'held_by', nullable: true })
  heldBy!: string | null;

  /** What held the alert until it got its incident: alerts of one holder and service are released into one incident. */
  @Column('text', { name: 'released_by', nullable: true })
  releasedBy!: string | null;

  /** When the holder ends by itself, if that is known. */
  @Column('timestamptz', { name: 'held_until', nullable: true })
  heldUntil!: Date | null;

  /** When the stages last held it. */
  @Column('timestamptz', { name: 'judged_at', nullable: true })
  judgedAt!: Date | null;

  /** Newest times of its triggers, kept while `after` counts them. */
  @Column('timestamptz', { array: true, nullable: true })
  triggers!: Date[] | null;
}
