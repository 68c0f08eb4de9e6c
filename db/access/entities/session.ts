import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A signed-in browser, by the hash of its cookie. */
@Entity('session')
@Index('session_person', ['person'])
export class SessionRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'session_pkey' })
  hash!: Buffer;

  @Column('text')
  person!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'seen_at' })
  seenAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** User agent of the browser. */
  @Column('text', { nullable: true })
  client!: string | null;
}
