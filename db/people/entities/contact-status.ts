import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Status of an address, of people's own contacts and of contacts in documents. */
@Entity('contact_status')
@Check('contact_status_dead', '((dead_at IS NULL) = (dead_reason IS NULL))')
export class ContactStatusRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'contact_status_pkey' })
  person!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'contact_status_pkey' })
  contact!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'contact_status_pkey' })
  address!: string;

  @Column('timestamptz', { name: 'dead_at', nullable: true })
  deadAt!: Date | null;

  @Column('text', { name: 'dead_reason', nullable: true })
  deadReason!: string | null;

  /** Last proof that a message reached the person there. */
  @Column('timestamptz', { name: 'last_reached_at', nullable: true })
  lastReachedAt!: Date | null;
}
