import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** A provider's receipt for a delivery, or a refused call to the callback URL. */
@Entity('provider_callback')
@Index('provider_callback_received_at', ['receivedAt'])
@Index('provider_callback_delivery', ['deliveryId'])
@Unique('provider_callback_event', ['provider', 'eventId'])
@Check(
  'provider_callback_outcome',
  `(outcome = ANY (ARRAY['applied'::text, 'late'::text, 'unknown'::text, 'refused'::text]))`,
)
@ForeignKey('DeliveryRow', ['deliveryId'], ['id'], { name: 'provider_callback_delivery_id_fkey' })
export class ProviderCallbackRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'provider_callback_pkey' })
  id!: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  @Column('text')
  provider!: string;

  /** Null for a refused call, whose id is not trusted. */
  @Column('text', { name: 'event_id', nullable: true })
  eventId!: string | null;

  @Column('uuid', { name: 'delivery_id', nullable: true })
  deliveryId!: string | null;

  @Column('text', { name: 'provider_id', nullable: true })
  providerId!: string | null;

  @Column('text', { nullable: true })
  verdict!: string | null;

  @Column('text', { nullable: true })
  error!: string | null;

  /** The provider's own time. */
  @Column('timestamptz', { nullable: true })
  at!: Date | null;

  @Column('text')
  outcome!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text', { name: 'body_start', nullable: true })
  bodyStart!: string | null;
}
