import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What one watchdog said last: canary, heartbeat, auditor. */
@Entity('watchdog')
export class WatchdogRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'watchdog_pkey' })
  name!: string;

  @Column('boolean')
  ok!: boolean;

  /** A sentence for people. */
  @Column('text')
  text!: string;

  /** Since when `ok` is what it is. */
  @Column('timestamptz')
  since!: Date;

  @Column('timestamptz')
  at!: Date;

  @Column('jsonb')
  detail!: unknown;
}
