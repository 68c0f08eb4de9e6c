import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One incident opened by a source for a service (empty: none). */
@Entity('incident_opening')
@Index('incident_opening_source', ['source', 'at'])
export class IncidentOpeningRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'incident_opening_pkey',
  })
  id!: string;

  @Column('text')
  source!: string;

  @Column('text')
  service!: string;

  @Column('timestamptz')
  at!: Date;
}

/** The incident that absorbs the excess of a source for a service. */
@Entity('storm')
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'storm_incident_id_fkey' })
export class StormRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'storm_pkey' })
  source!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'storm_pkey' })
  service!: string;

  @Column('uuid', { name: 'incident_id' })
  incidentId!: string;
}
