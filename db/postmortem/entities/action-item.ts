import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Follow-up work from a post-mortem. */
@Entity('action_item')
@Index('action_item_incident', ['incidentId'])
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'action_item_incident_id_fkey' })
export class ActionItemRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'action_item_pkey' })
  id!: string;

  @Column('uuid', { name: 'incident_id' })
  incidentId!: string;

  @Column('text')
  title!: string;

  @Column('text', { nullable: true })
  owner!: string | null;

  @Column('date', { nullable: true })
  due!: string | null;

  @Column('text', { nullable: true })
  url!: string | null;

  @Column('text')
  state!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;
}
