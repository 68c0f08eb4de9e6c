import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One ping of a heartbeat; the newest of each are kept. */
@Entity('heartbeat_ping')
@Index('heartbeat_ping_source', ['source', 'at'])
export class HeartbeatPingRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'heartbeat_ping_pkey' })
  id!: string;

  @Column('text')
  source!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  kind!: string;

  @Column('integer', { name: 'exit_status', nullable: true })
  exitStatus!: number | null;

  /** Beginning of the body, redacted. */
  @Column('text')
  output!: string;
}
