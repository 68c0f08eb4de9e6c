import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A verification code of a contact. Only the newest code of a contact counts. */
@Entity('contact_check')
@ForeignKey('ContactRow', ['contactId'], ['id'], { name: 'contact_check_contact_id_fkey' })
@Index('contact_check_contact', ['contactId', 'createdAt'])
export class ContactCheckRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'contact_check_pkey' })
  id!: string;

  @Column('uuid', { name: 'contact_id' })
  contactId!: string;

  /** Keyed hash, bound to this row. */
  @Column('bytea', { name: 'code_hash' })
  codeHash!: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('integer', { default: 0 })
  tries!: number;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;

  @Column('timestamptz', { name: 'burnt_at', nullable: true })
  burntAt!: Date | null;
}
