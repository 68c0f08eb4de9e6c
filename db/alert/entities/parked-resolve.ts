import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A resolve that arrived before its trigger. */
@Entity('parked_resolve')
export class ParkedResolveRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'parked_resolve_pkey' })
  source!: string;

  @PrimaryColumn('text', { name: 'dedup_key', primaryKeyConstraintName: 'parked_resolve_pkey' })
  dedupKey!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('timestamptz', { name: 'occurred_at', nullable: true })
  occurredAt!: Date | null;
}
