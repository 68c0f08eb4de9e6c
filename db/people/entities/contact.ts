import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A contact that a person added. Removed contacts stay, because the delivery log names them. */
@Entity('contact')
@Index('contact_name', ['person', 'name'], { unique: true, where: '(removed_at IS NULL)' })
export class ContactRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'contact_pkey' })
  id!: string;

  @Column('text')
  person!: string;

  @Column('text')
  name!: string;

  @Column('text')
  channel!: string;

  @Column('text')
  address!: string;

  /** Sealed (shared/sealed.ts): signing secret or push keys. */
  @Column('bytea', { nullable: true })
  secret!: Buffer | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** Null: only the verification code is sent there. */
  @Column('timestamptz', { name: 'verified_at', nullable: true })
  verifiedAt!: Date | null;

  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt!: Date | null;
}
