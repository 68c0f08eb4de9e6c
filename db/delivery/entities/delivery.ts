import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';

/** The delivery ledger: one page (or request) to one contact address. */
@Entity('delivery')
@Index('delivery_bundle', ['bundle'], { where: `(bundle IS NOT NULL)` })
@Index('delivery_created_at', { synchronize: false })
@Index('delivery_due', ['dueAt'], {
  where: `((state = ANY (ARRAY['planned'::text, 'failed'::text])) AND (due_at IS NOT NULL))`,
})
@Index('delivery_incident', ['incidentId', 'createdAt', 'id'])
@Index('delivery_leased', ['leaseUntil'], { where: `(state = 'sending'::text)` })
@Index('delivery_owed', ['person', 'contact'], { where: `(state = 'planned'::text)` })
@Index('delivery_person', { synchronize: false })
@Index('delivery_provider_id', ['providerId'], { where: `(provider_id IS NOT NULL)` })
@Index('delivery_unconfirmed', ['confirmBy'], {
  where: `((confirm_by IS NOT NULL) AND (state = 'accepted'::text))`,
})
@Unique('delivery_key_key', ['key'])
@Check('delivery_lease', `((state = 'sending'::text) = (lease IS NOT NULL))`)
@Check(
  'delivery_state',
  `(state = ANY (ARRAY['planned'::text, 'sending'::text, 'accepted'::text, 'delivered'::text, 'failed'::text, 'exhausted'::text, 'suppressed'::text]))`,
)
@Check(
  'delivery_sent_in_bundle',
  `((NOT sent_in_bundle) OR ((state = 'suppressed'::text) AND (bundle IS NOT NULL)))`,
)
@Check('delivery_suppressed_reason', `((state <> 'suppressed'::text) OR (reason IS NOT NULL))`)
@ForeignKey('DeliveryRow', ['bundle'], ['id'], { name: 'delivery_bundle_fkey' })
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'delivery_incident_id_fkey' })
export class DeliveryRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'delivery_pkey' })
  id!: string;

  @Column('text')
  key!: string;

  @Column('uuid', { name: 'incident_id' })
  incidentId!: string;

  @Column('text')
  type!: string;

  @Column('jsonb')
  subject!: unknown;

  @Column('text', { nullable: true })
  escalation!: string | null;

  @Column('integer')
  cycle!: number;

  @Column('integer')
  step!: number;

  @Column('text')
  person!: string;

  @Column('text')
  contact!: string;

  @Column('integer')
  rule!: number;

  @Column('text')
  channel!: string;

  @Column('text')
  address!: string;

  @Column('text')
  state!: string;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  @Column('integer', { default: 0 })
  attempts!: number;

  @Column('uuid', { nullable: true })
  lease!: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('text', { name: 'provider_id', nullable: true })
  providerId!: string | null;

  /** The provider's last receipt: `delivered`, `read`, `failed` or `bounced`. */
  @Column('text', { nullable: true })
  receipt!: string | null;

  /** 0 page, 1 reply, 2 update, 3 digest. */
  @Column('integer', { name: 'priority_class', default: 0 })
  priorityClass!: number;

  /** Reason for a delay, current or past. */
  @Column('text', { nullable: true })
  held!: string | null;

  /** The page whose message includes this one. */
  @Column('uuid', { nullable: true })
  bundle!: string | null;

  /** The bundle's message was accepted, and this page went out with it. */
  @Column('boolean', { name: 'sent_in_bundle', default: false })
  sentInBundle!: boolean;

  /** Time by which a receipt is expected. */
  @Column('timestamptz', { name: 'confirm_by', nullable: true })
  confirmBy!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
