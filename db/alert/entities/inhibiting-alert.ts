import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An alert that holds others back while it fires. */
@Entity('inhibiting_alert')
export class InhibitingAlertRow {
  @PrimaryColumn('uuid', { name: 'alert_id', primaryKeyConstraintName: 'inhibiting_alert_pkey' })
  alertId!: string;

  /** Names of the documents of kind Inhibition by which it does. */
  @Column('text', { array: true })
  inhibitions!: string[];
}
