import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Actor, action and subject of a change; append-only, written in the transaction of the change. */
@Entity('audit_entry')
@Index('audit_subject', ['subject', 'id'])
export class AuditEntryRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'audit_entry_pkey',
  })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  actor!: string;

  @Column('text')
  action!: string;

  @Column('text')
  subject!: string;

  @Column('jsonb')
  data!: unknown;
}
