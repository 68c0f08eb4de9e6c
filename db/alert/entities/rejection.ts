import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A refused ingest body, with every error. */
@Entity('rejection')
@Index('rejection_at', ['at'])
export class RejectionRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'rejection_pkey' })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text', { nullable: true })
  source!: string | null;

  @Column('text')
  format!: string;

  @Column('text')
  reason!: string;

  @Column('jsonb')
  errors!: unknown;

  @Column('text', { name: 'body_start' })
  bodyStart!: string;
}
