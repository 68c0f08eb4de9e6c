import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A person replaces the person on call of a schedule. Ends at `toAt`, or when it was cancelled if that is earlier.
 */
@Entity('schedule_override')
@Index('schedule_override_id', ['id'], { unique: true })
@Index('schedule_override_end', ['schedule', 'toAt'])
@Check('schedule_override_order', '(from_at < to_at)')
export class ScheduleOverrideRow {
  /** Order of creation: of two overlapping overrides the later one wins. */
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'schedule_override_pkey',
  })
  seq!: string;

  @Column('uuid')
  id!: string;

  @Column('text')
  schedule!: string;

  @Column('text')
  person!: string;

  @Column('timestamptz', { name: 'from_at' })
  fromAt!: Date;

  @Column('timestamptz', { name: 'to_at' })
  toAt!: Date;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('uuid', { name: 'swap_id', nullable: true })
  swapId!: string | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('text', { name: 'cancelled_by', nullable: true })
  cancelledBy!: string | null;

  @Column('timestamptz', { name: 'cancelled_at', nullable: true })
  cancelledAt!: Date | null;
}
