import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A link in a message: its hash, person and subject. */
@Entity('link_token')
@Index('link_token_incident', ['incidentId'])
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'link_token_incident_id_fkey' })
export class LinkTokenRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'link_token_pkey' })
  hash!: Buffer;

  @Column('text')
  kind!: string;

  @Column('uuid', { name: 'incident_id' })
  incidentId!: string;

  @Column('text')
  person!: string;

  @Column('jsonb')
  subject!: unknown;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt!: Date | null;

  @Column('text', { name: 'used_for', nullable: true })
  usedFor!: string | null;
}
