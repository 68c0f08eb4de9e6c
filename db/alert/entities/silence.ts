import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Alerts that match page nobody until `untilAt`, or until it was ended if that is earlier. */
@Entity('silence')
@Index('silence_until', ['untilAt'], { where: `(ended_at IS NULL)` })
@Index('silence_created', ['createdAt', 'id'])
@Index('silence_remind', ['remindAt'], { where: `((ended_at IS NULL) AND (remind_at IS NOT NULL))` })
@Check('silence_order', `(created_at < until_at)`)
@Check('silence_ended', `((ended_at IS NULL) = (ended_by IS NULL))`)
@ForeignKey('IncidentRow', ['incidentId'], ['id'], { name: 'silence_incident_id_fkey' })
export class SilenceRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'silence_pkey' })
  id!: string;

  @Column('jsonb')
  matchers!: unknown;

  /** Names of teams; null: alerts of every team, and of none. */
  @Column('jsonb', { nullable: true })
  teams!: unknown;

  @Column('boolean')
  everything!: boolean;

  /** Short name of a person; null when a key made it for nobody. */
  @Column('text', { nullable: true })
  owner!: string | null;

  @Column('text')
  reason!: string;

  @Column('timestamptz', { name: 'until_at' })
  untilAt!: Date;

  /** It also ends when none of the alerts that it names fires any more. */
  @Column('boolean', { name: 'until_clear' })
  untilClear!: boolean;

  /** Null: no reminder is to be sent, or it was planned. */
  @Column('timestamptz', { name: 'remind_at', nullable: true })
  remindAt!: Date | null;

  /** The incident from whose page it was made. */
  @Column('uuid', { name: 'incident_id', nullable: true })
  incidentId!: string | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('text', { name: 'ended_by', nullable: true })
  endedBy!: string | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
