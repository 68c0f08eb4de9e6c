import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A team's digest: its reviewer, deadline and approval. At most one of a team is open. */
@Entity('digest')
@Index('digest_open_team', ['team'], {
  unique: true,
  where: `(status = ANY (ARRAY['open'::text, 'approving'::text]))`,
})
@Check(
  'digest_status',
  `(status = ANY (ARRAY['open'::text, 'approving'::text, 'approved'::text, 'empty'::text]))`,
)
@Check(
  'digest_decided',
  `((status <> ALL (ARRAY['approving'::text, 'approved'::text])) OR ((decided_by IS NOT NULL) AND (decided_at IS NOT NULL) AND (sentence IS NOT NULL) AND (up_to IS NOT NULL)))`,
)
export class DigestRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'digest_pkey',
  })
  id!: string;

  @Column('text')
  team!: string;

  @Column('text', { default: 'open' })
  status!: string;

  @Column('timestamptz', { name: 'opened_at' })
  openedAt!: Date;

  @Column('timestamptz')
  due!: Date;

  @Column('text', { nullable: true })
  reviewer!: string | null;

  /** Why this person; a sentence. */
  @Column('text', { default: '' })
  because!: string;

  /** Nobody of the team may review it. */
  @Column('boolean', { default: false })
  escalated!: boolean;

  /** Number of reviewers asked one after the other. */
  @Column('integer', { default: 0 })
  requests!: number;

  @Column('integer', { default: 0 })
  reminders!: number;

  @Column('text', { nullable: true })
  sentence!: string | null;

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy!: string | null;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt!: Date | null;

  /** The last item that the approving person saw. */
  @Column('integer', { name: 'up_to', nullable: true })
  upTo!: number | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}

/** One incident on the list of a digest, by its resolution. */
@Entity('digest_item')
@Index('digest_item_incident', ['incidentId'])
@ForeignKey('DigestRow', ['digestId'], ['id'], { name: 'digest_item_digest_id_fkey' })
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'digest_item_incident_id_fkey' })
@Check(
  'digest_item_state',
  `(state = ANY (ARRAY['listed'::text, 'approved'::text, 'pulled_out'::text, 'left_out'::text]))`,
)
@Check(
  'digest_item_reason',
  `((state = ANY (ARRAY['listed'::text, 'approved'::text])) OR (reason IS NOT NULL))`,
)
export class DigestItemRow {
  @PrimaryColumn('bigint', { name: 'digest_id', primaryKeyConstraintName: 'digest_item_pkey' })
  digestId!: string;

  @PrimaryColumn('uuid', { name: 'incident_id', primaryKeyConstraintName: 'digest_item_pkey' })
  incidentId!: string;

  /** Position on the list; an incident that ended again is put at its end. */
  @Column('integer')
  n!: number;

  @Column('timestamptz', { name: 'resolved_at' })
  resolvedAt!: Date;

  @Column('text', { default: 'listed' })
  state!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('timestamptz')
  at!: Date;
}
