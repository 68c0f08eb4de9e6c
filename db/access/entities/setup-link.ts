import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A one-time link that creates the first admin or signs a person in. */
@Entity('setup_link')
export class SetupLinkRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'setup_link_pkey' })
  hash!: Buffer;

  @Column('text')
  purpose!: string;

  @Column('text', { nullable: true })
  person!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
