import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** One attempt at one ledger row; without an outcome its sender is still sending, or has disappeared. */
@Entity('delivery_attempt')
@Index('delivery_attempt_again', ['deliveryId'], { where: `(n > 1)` })
@ForeignKey('DeliveryRow', ['deliveryId'], ['id'], { name: 'delivery_attempt_delivery_id_fkey' })
export class DeliveryAttemptRow {
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'delivery_attempt_pkey' })
  deliveryId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'delivery_attempt_pkey' })
  n!: number;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  sender!: string;

  @Column('text', { nullable: true })
  outcome!: string | null;

  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column('boolean', { name: 'possible_duplicate' })
  possibleDuplicate!: boolean;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
