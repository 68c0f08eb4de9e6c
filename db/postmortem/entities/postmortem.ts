import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The text and the measured facts of a post-mortem, newest revision. */
@Entity('postmortem')
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'postmortem_incident_id_fkey' })
export class PostmortemRow {
  @PrimaryColumn('uuid', { name: 'incident_id', primaryKeyConstraintName: 'postmortem_pkey' })
  incidentId!: string;

  @Column('text')
  kind!: string;

  @Column('integer')
  revision!: number;

  @Column('jsonb')
  sections!: unknown;

  @Column('jsonb')
  facts!: unknown;

  @Column('jsonb')
  quorum!: unknown;

  @Column('timestamptz', { nullable: true })
  due!: Date | null;

  @Column('text', { nullable: true })
  author!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
