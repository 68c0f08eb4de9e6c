import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** When a watch is evaluated next, who does it, and what it remembers. */
@Entity('watch_state')
@Index('watch_state_next_at', ['nextAt'])
export class WatchStateRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'watch_state_pkey' })
  name!: string;

  @Column('timestamptz', { name: 'next_at' })
  nextAt!: Date;

  @Column('timestamptz', { name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;

  /** Counts the claims: only the newest claim may save. */
  @Column('integer', { default: 0 })
  version!: number;

  @Column('jsonb', { nullable: true })
  state!: unknown;
}
