import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A secret calendar link of a person or a schedule, by the hash of its token. */
@Entity('calendar_feed')
@Index('calendar_feed_hash', ['hash'], { unique: true })
@Check('calendar_feed_subject', `((person IS NULL) <> (schedule IS NULL))`)
export class CalendarFeedRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'calendar_feed_pkey' })
  id!: string;

  @Column('bytea')
  hash!: Buffer;

  @Column('text', { nullable: true })
  person!: string | null;

  @Column('text', { nullable: true })
  schedule!: string | null;

  /** The person who created the feed; it ends when the owner leaves. Null for an API key's feed. */
  @Column('text', { nullable: true })
  owner!: string | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('text', { name: 'revoked_by', nullable: true })
  revokedBy!: string | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;
}
