import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One execution of a drill, its score and evidence. */
@Entity('drill_run')
@Index('drill_run_by_drill', { synchronize: false })
export class DrillRunRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'drill_run_pkey' })
  id!: string;

  @Column('text')
  drill!: string;

  @Column('integer')
  revision!: number;

  @Column('jsonb')
  spec!: unknown;

  @Column('uuid', { name: 'incident_id', nullable: true })
  incidentId!: string | null;

  @Column('text')
  state!: string;

  @Column('text', { name: 'started_by' })
  startedBy!: string;

  @Column('text', { name: 'aborted_by', nullable: true })
  abortedBy!: string | null;

  @Column('jsonb', { default: [] })
  silenced!: unknown;

  @Column('jsonb', { nullable: true })
  score!: unknown;

  @Column('jsonb', { default: [] })
  expectations!: unknown;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
