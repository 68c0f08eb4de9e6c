import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An alert signal that was accepted and had no effect, with the reason. */
@Entity('dropped_signal')
@Index('dropped_signal_at', ['at'])
export class DroppedSignalRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'dropped_signal_pkey' })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  source!: string;

  @Column('text', { name: 'dedup_key' })
  dedupKey!: string;

  @Column('text')
  action!: string;

  @Column('text')
  reason!: string;
}
