import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** The incident that the alerts of a group joined last. */
@Entity('alert_group')
@Index('alert_group_incident', ['incidentId'])
@Index('alert_group_last_at', ['lastAt'])
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'alert_group_incident_id_fkey' })
export class AlertGroupRow {
  /** Digest of the group's key. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'alert_group_pkey' })
  id!: string;

  @Column('uuid', { name: 'incident_id' })
  incidentId!: string;

  @Column('timestamptz', { name: 'last_at' })
  lastAt!: Date;
}
