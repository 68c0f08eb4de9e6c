import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Every revision of every configuration document; a null spec is a deletion. */
@Entity('config_object')
export class ConfigObjectRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'config_object_pkey' })
  kind!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'config_object_pkey' })
  name!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'config_object_pkey' })
  revision!: number;

  @Column('jsonb', { nullable: true })
  spec!: unknown;

  @Column('text', { name: 'managed_by', default: 'api' })
  managedBy!: string;

  @Column('text')
  author!: string;

  @Column('timestamptz')
  at!: Date;
}
