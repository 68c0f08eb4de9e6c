import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was last heard of a source that has to be heard from (domain/heartbeat). */
@Entity('source_heartbeat')
export class SourceHeartbeatRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'source_heartbeat_pkey' })
  source!: string;

  @Column('timestamptz', { name: 'heard_at', nullable: true })
  heardAt!: Date | null;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'failed_at', nullable: true })
  failedAt!: Date | null;

  @Column('timestamptz', { name: 'alerted_at', nullable: true })
  alertedAt!: Date | null;

  /** `Expectation`, as the workers last saw it. */
  @Column('jsonb', { nullable: true })
  expects!: unknown;

  /** Null: it was expected before that was kept. */
  @Column('timestamptz', { name: 'expects_since', nullable: true })
  expectsSince!: Date | null;
}
