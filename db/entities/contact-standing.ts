import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** What is known of an address: of people's own contacts and of those in documents. */
@Entity('contact_standing')
@Check('contact_standing_dead', '((dead_at IS NULL) = (dead_reason IS NULL))')
export class ContactStandingRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'contact_standing_pkey' })
  person!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'contact_standing_pkey' })
  contact!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'contact_standing_pkey' })
  address!: string;

  @Column('timestamptz', { name: 'dead_at', nullable: true })
  deadAt!: Date | null;

  @Column('text', { name: 'dead_reason', nullable: true })
  deadReason!: string | null;

  /** Last proof that a person got something there. */
  @Column('timestamptz', { name: 'last_reached_at', nullable: true })
  lastReachedAt!: Date | null;
}
