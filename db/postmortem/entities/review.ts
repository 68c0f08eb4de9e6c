import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** One reviewer's decision on a post-mortem. */
@Entity('review')
@ForeignKey('PostmortemRow', ['incidentId'], ['incidentId'], { name: 'review_incident_id_fkey' })
export class ReviewRow {
  @PrimaryColumn('uuid', { name: 'incident_id', primaryKeyConstraintName: 'review_pkey' })
  incidentId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'review_pkey' })
  person!: string;

  @Column('text', { name: 'review_group' })
  reviewGroup!: string;

  @Column('text')
  decision!: string;

  @Column('text', { nullable: true })
  comment!: string | null;

  @Column('integer')
  revision!: number;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;

  @Column('timestamptz', { nullable: true })
  at!: Date | null;
}
