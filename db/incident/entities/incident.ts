import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** An incident: the fold of its events, with the columns that lists and the pager query. */
@Entity('incident')
@Index('incident_awaiting_digest', ['team', 'resolvedAt'], {
  where: `((status = 'resolved'::text) AND (review_kind = 'digest'::text))`,
})
@Index('incident_by_time', { synchronize: false })
@Index('incident_deadline', ['nextDeadline'], { where: `(next_deadline IS NOT NULL)` })
@Index('incident_open', { synchronize: false })
@Index('incident_open_service', ['service'], {
  where: `(status = ANY (ARRAY['triggered'::text, 'acknowledged'::text]))`,
})
@Unique('incident_number_key', ['number'])
@Check(
  'incident_closed_only_through_review',
  `((status <> 'closed'::text) OR (postmortem_status = ANY (ARRAY['approved'::text, 'waived'::text])) OR (merged_into IS NOT NULL))`,
)
@Check(
  'incident_postmortem_status',
  `(postmortem_status = ANY (ARRAY['none'::text, 'draft'::text, 'in_review'::text, 'changes_requested'::text, 'approved'::text, 'waived'::text]))`,
)
@Check(
  'incident_review_kind',
  `(review_kind = ANY (ARRAY['full'::text, 'light'::text, 'digest'::text, 'none'::text]))`,
)
@Check(
  'incident_status',
  `(status = ANY (ARRAY['triggered'::text, 'acknowledged'::text, 'resolved'::text, 'closed'::text]))`,
)
@ForeignKey('DrillRunRow', ['drill'], ['id'], { name: 'incident_drill' })
@ForeignKey('IncidentRow', ['mergedInto'], ['id'], { name: 'incident_merged_into_fkey' })
export class IncidentRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'incident_pkey' })
  id!: string;

  @Column('bigint')
  number!: string;

  @Column('text')
  title!: string;

  @Column('text', { nullable: true })
  service!: string | null;

  @Column('text')
  team!: string;

  @Column('text')
  priority!: string;

  @Column('text')
  status!: string;

  @Column('uuid', { nullable: true })
  drill!: string | null;

  @Column('text', { name: 'postmortem_status', default: 'none' })
  postmortemStatus!: string;

  /** `postmortem.kind` of the state, for the lists of digests. */
  @Column('text', { name: 'review_kind', default: 'full' })
  reviewKind!: string;

  @Column('uuid', { name: 'merged_into', nullable: true })
  mergedInto!: string | null;

  @Column('integer')
  seq!: number;

  @Column('jsonb')
  state!: unknown;

  @Column('jsonb')
  response!: unknown;

  @Column('timestamptz', { name: 'next_deadline', nullable: true })
  nextDeadline!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'acknowledged_at', nullable: true })
  acknowledgedAt!: Date | null;

  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;
}
