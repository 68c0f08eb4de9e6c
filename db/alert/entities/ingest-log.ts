import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The raw body of every accepted request. */
@Entity('ingest_log')
@Index('ingest_log_at', ['at'])
@Index('ingest_log_source', ['source', 'at'])
export class IngestLogRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'ingest_log_pkey' })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  source!: string;

  @Column('text')
  format!: string;

  @Column('bytea')
  body!: Buffer;

  @Column('integer')
  signals!: number;
}
