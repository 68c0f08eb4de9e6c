import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Hash of an ingest key that no source has any more. */
@Entity('former_source_key')
export class FormerSourceKeyRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'former_source_key_pkey' })
  hash!: Buffer;

  @Column('text')
  source!: string;

  @Column('timestamptz', { name: 'ended_at' })
  endedAt!: Date;
}
