import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** Every revision of the text, for the reviewer’s diff. */
@Entity('postmortem_revision')
@ForeignKey('PostmortemRow', ['incidentId'], ['incidentId'], { name: 'postmortem_revision_incident_id_fkey' })
export class PostmortemRevisionRow {
  @PrimaryColumn('uuid', { name: 'incident_id', primaryKeyConstraintName: 'postmortem_revision_pkey' })
  incidentId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'postmortem_revision_pkey' })
  revision!: number;

  @Column('jsonb')
  sections!: unknown;

  @Column('text')
  author!: string;

  @Column('timestamptz')
  at!: Date;
}
