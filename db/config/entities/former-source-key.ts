import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Hash of a former ingest key: no source has it any more, and its senders are told so. */
@Entity('former_source_key')
export class FormerSourceKeyRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'former_source_key_pkey' })
  hash!: Buffer;

  @Column('text')
  source!: string;

  @Column('timestamptz', { name: 'ended_at' })
  endedAt!: Date;
}
