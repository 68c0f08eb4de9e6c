import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { IncidentRow } from '../../incident/entities/incident.js';

/** One row: the current canary incident, and the time of its last page request. */
@Entity('canary')
@Check('canary_id_check', `id`)
export class CanaryRow {
  @PrimaryColumn('boolean', { default: true, primaryKeyConstraintName: 'canary_pkey' })
  id!: boolean;

  @ManyToOne(() => IncidentRow)
  @JoinColumn({ name: 'incident_id', foreignKeyConstraintName: 'canary_incident_id_fkey' })
  incident!: Relation<IncidentRow> | null;

  @Column('timestamptz', { name: 'requested_at', nullable: true })
  requestedAt!: Date | null;
}
