import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A verification code, a test page, a sign-in link or a notice: sent like a page, without an incident. */
@Entity('contact_message')
@Index('contact_message_link', ['link'], { unique: true })
@Index('contact_message_due', ['dueAt'], { where: `(state = ANY (ARRAY['planned'::text, 'sending'::text]))` })
@Index('contact_message_person', ['person', 'createdAt'])
@Index('contact_message_address', ['address', 'createdAt'])
@Unique('contact_message_key', ['key'])
@Check(
  'contact_message_kind',
  `(kind = ANY (ARRAY['code'::text, 'test'::text, 'sign-in'::text, 'notice'::text]))`,
)
@Check(
  'contact_message_state',
  `(state = ANY (ARRAY['planned'::text, 'sending'::text, 'accepted'::text, 'failed'::text]))`,
)
export class ContactMessageRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'contact_message_pkey' })
  id!: string;

  /** Idempotency key; a weekly test page has the same key on every replica. */
  @Column('text')
  key!: string;

  @Column('text')
  kind!: string;

  @Column('text')
  person!: string;

  @Column('text')
  contact!: string;

  @Column('text')
  channel!: string;

  @Column('text')
  address!: string;

  @Column('text', { name: 'requested_by' })
  requestedBy!: string;

  /** Sealed; erased when the message was sent or has failed. */
  @Column('bytea', { nullable: true })
  code!: Buffer | null;

  /** Hash of the token that confirms a test page or signs in. */
  @Column('bytea', { nullable: true })
  link!: Buffer | null;

  /** Title and text of a notice. */
  @Column('jsonb', { nullable: true })
  notice!: { title: string; text: string } | null;

  @Column('text')
  state!: string;

  /** Reason for a delay. */
  @Column('text', { nullable: true })
  held!: string | null;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** An earlier attempt may have arrived. */
  @Column('boolean', { default: false })
  doubtful!: boolean;

  @Column('uuid', { nullable: true })
  lease!: string | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('text', { name: 'provider_id', nullable: true })
  providerId!: string | null;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt!: Date | null;

  @Column('timestamptz', { name: 'confirmed_at', nullable: true })
  confirmedAt!: Date | null;
}
