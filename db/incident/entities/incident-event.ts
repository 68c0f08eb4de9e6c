import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Events of an incident in `seq` order; append-only. */
@Entity('incident_event')
@Index('incident_event_at', { synchronize: false })
@Check('incident_event_small', `(octet_length((data)::text) <= 8192)`)
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'incident_event_incident_id_fkey' })
export class IncidentEventRow {
  @PrimaryColumn('uuid', { name: 'incident_id', primaryKeyConstraintName: 'incident_event_pkey' })
  incidentId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'incident_event_pkey' })
  seq!: number;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  kind!: string;

  @Column('text')
  actor!: string;

  @Column('text', { name: 'on_behalf_of', nullable: true })
  onBehalfOf!: string | null;

  @Column('jsonb')
  data!: unknown;
}
