import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** One link of the chain over the audit log, in the order of sealing; append-only. */
@Entity('audit_seal')
@Unique('audit_seal_entry', ['entryId'])
export class AuditSealRow {
  /** From 1, without a hole. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'audit_seal_pkey' })
  n!: string;

  @Column('bigint', { name: 'entry_id' })
  entryId!: string;

  /** SHA-256 of the hash before it and of its entry's digest. */
  @Column('bytea')
  hash!: Buffer;

  @Column('timestamptz')
  at!: Date;
}
