import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An approval that a runbook step requests, bound to the exact content shown. */
@Entity('approval')
@Index('approval_incident', ['incidentId'])
@Index('approval_run', ['runId'])
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'approval_incident_id_fkey' })
@ForeignKey('RunRow', ['runId'], ['id'], { name: 'approval_run_id_fkey' })
export class ApprovalRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'approval_pkey' })
  id!: string;

  @Column('uuid', { name: 'run_id' })
  runId!: string;

  @Column('text', { name: 'step_id' })
  stepId!: string;

  @Column('uuid', { name: 'incident_id' })
  incidentId!: string;

  @Column('text')
  message!: string;

  @Column('jsonb', { name: 'requested_from' })
  requestedFrom!: unknown;

  @Column('integer')
  quorum!: number;

  @Column('boolean', { name: 'two_person' })
  twoPerson!: boolean;

  @Column('text')
  digest!: string;

  @Column('jsonb')
  inputs!: unknown;

  @Column('text')
  outcome!: string;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt!: Date | null;
}
