import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The clock of a zone in use as the newest release of the zone data has it, and how that differs from the one before. */
@Entity('zone_data')
export class ZoneDataRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'zone_data_pkey' })
  zone!: string;

  /** Release of the IANA database, such as 2026f. */
  @Column('text')
  release!: string;

  /** `ZonePeriod[]` from `stored_at` to two years ahead. */
  @Column('jsonb')
  periods!: unknown;

  @Column('timestamptz')
  stored_at!: Date;

  /** The last release that moved the clock: `ZoneChange`; null when none has. */
  @Column('jsonb', { nullable: true })
  change!: unknown;
}
