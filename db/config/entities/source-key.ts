import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An ingest key by its hash. */
@Entity('source_key')
@Index('source_key_source', ['source'])
export class SourceKeyRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'source_key_pkey' })
  hash!: Buffer;

  @Column('text')
  source!: string;

  @Column('text')
  hint!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
