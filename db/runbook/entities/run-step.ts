import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** One step of a run, with its output. */
@Entity('run_step')
@ForeignKey('RunRow', ['runId'], ['id'], { name: 'run_step_run_id_fkey' })
export class RunStepRow {
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'run_step_pkey' })
  runId!: string;

  @PrimaryColumn('text', { name: 'step_id', primaryKeyConstraintName: 'run_step_pkey' })
  stepId!: string;

  @Column('integer')
  position!: number;

  @Column('text')
  kind!: string;

  @Column('text')
  state!: string;

  @Column('integer', { default: 0 })
  attempts!: number;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  @Column('jsonb', { nullable: true })
  output!: unknown;

  @Column('text', { nullable: true })
  error!: string | null;
}
