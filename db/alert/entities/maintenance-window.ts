import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Alerts for the services, and for what depends on these, page nobody during the spans. */
@Entity('maintenance_window')
@Index('maintenance_window_last_to', ['lastTo'], { where: `(ended_at IS NULL)` })
@Index('maintenance_window_created', ['createdAt', 'id'])
@Check('maintenance_window_ended', `((ended_at IS NULL) = (ended_by IS NULL))`)
export class MaintenanceWindowRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'maintenance_window_pkey' })
  id!: string;

  @Column('jsonb')
  services!: unknown;

  /** `[{from, to}]`, oldest first, computed when it was made. */
  @Column('jsonb')
  spans!: unknown;

  @Column('timestamptz', { name: 'last_to' })
  lastTo!: Date;

  /** RRULE, duration, zone, first and review date as they were asked for; null: one time. */
  @Column('jsonb', { nullable: true })
  rule!: unknown;

  /** Short name of a person; null when a key made it for nobody. */
  @Column('text', { nullable: true })
  owner!: string | null;

  @Column('text')
  reason!: string;

  /** Null: no reminder is to be sent, or it was planned. */
  @Column('timestamptz', { name: 'remind_at', nullable: true })
  remindAt!: Date | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('text', { name: 'ended_by', nullable: true })
  endedBy!: string | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
