import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A root key by its id, and the time since when it is the current one. */
@Entity('root_key')
export class RootKeyRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'root_key_pkey' })
  id!: Buffer;

  @Column('timestamptz')
  since!: Date;
}
