import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The latest report of one watchdog, such as canary, heartbeat or auditor. */
@Entity('watchdog')
export class WatchdogRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'watchdog_pkey' })
  name!: string;

  @Column('boolean')
  ok!: boolean;

  /** A sentence for people. */
  @Column('text')
  text!: string;

  /** Time of the last change of `ok`. */
  @Column('timestamptz')
  since!: Date;

  @Column('timestamptz')
  at!: Date;

  @Column('jsonb')
  detail!: unknown;
}
