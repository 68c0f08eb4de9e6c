import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A nonce of one shown form of a link page; used once. */
@Entity('link_nonce')
@ForeignKey('LinkTokenRow', ['linkHash'], ['hash'], { name: 'link_nonce_link_hash_fkey' })
export class LinkNonceRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'link_nonce_pkey' })
  hash!: Buffer;

  @Column('bytea', { name: 'link_hash' })
  linkHash!: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;

  @Column('text', { name: 'used_as', nullable: true })
  usedAs!: string | null;
}
