import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** One link of the hash chain over the audit log, in the order of sealing; append-only. */
@Entity('audit_seal')
@Unique('audit_seal_entry', ['entryId'])
export class AuditSealRow {
  /** Consecutive from 1. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_seal_pkey' })
  n!: string;

  @Column('bigint', { name: 'entry_id' })
  entryId!: string;

  /** SHA-256 of the previous hash and the entry's digest. */
  @Column('bytea')
  hash!: Buffer;

  @Column('timestamptz')
  at!: Date;
}
