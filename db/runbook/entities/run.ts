import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** One execution of a pinned runbook revision. */
@Entity('run')
@Index('run_incident', ['incidentId', 'startedAt'])
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'run_incident_id_fkey' })
export class RunRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'run_pkey' })
  id!: string;

  @Column('uuid', { name: 'incident_id' })
  incidentId!: string;

  @Column('text')
  runbook!: string;

  @Column('integer')
  revision!: number;

  @Column('jsonb')
  spec!: unknown;

  @Column('jsonb')
  inputs!: unknown;

  /** Facts for expressions, as of the start; null for a run that began before they were stored. */
  @Column('jsonb', { nullable: true })
  context!: unknown;

  @Column('text')
  state!: string;

  @Column('boolean', { name: 'dry_run' })
  dryRun!: boolean;

  @Column('text', { name: 'started_by' })
  startedBy!: string;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
