import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A process that was alive at `at`. */
@Entity('heartbeat')
export class HeartbeatRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'heartbeat_pkey' })
  process!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'heartbeat_pkey' })
  instance!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('jsonb')
  detail!: unknown;
}
