import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Idempotency keys of executed commands. */
@Entity('command_log')
@Index('command_log_key', ['actor', 'key'])
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'command_log_incident_id_fkey' })
export class CommandLogRow {
  @PrimaryColumn('uuid', { name: 'incident_id', primaryKeyConstraintName: 'command_log_pkey' })
  incidentId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'command_log_pkey' })
  actor!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'command_log_pkey' })
  key!: string;

  @Column('jsonb')
  outcome!: unknown;

  /** Digest of the whole request under the key. */
  @Column('text', { nullable: true })
  digest!: string | null;

  @Column('timestamptz')
  at!: Date;
}
