import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was sent lately to one provider, address or person. */
@Entity('sending_pace')
export class SendingPaceRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sending_pace_pkey' })
  scope!: string;

  /** When the token bucket is full again. */
  @Column('timestamptz', { name: 'free_at', nullable: true })
  freeAt!: Date | null;

  /** When pages were sent, oldest first. */
  @Column('timestamptz', { array: true, default: () => `'{}'` })
  recent!: Date[];
}
