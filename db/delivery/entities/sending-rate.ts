import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Recent sends to one provider, address or person. */
@Entity('sending_rate')
export class SendingRateRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sending_rate_pkey' })
  scope!: string;

  /** Time at which the token bucket is full again. */
  @Column('timestamptz', { name: 'free_at', nullable: true })
  freeAt!: Date | null;

  /** Times at which pages were sent, oldest first. */
  @Column('timestamptz', { array: true, default: () => `'{}'` })
  recent!: Date[];
}
