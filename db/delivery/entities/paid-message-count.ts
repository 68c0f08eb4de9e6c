import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Paid messages of one day (UTC): scope `all`, `person:<name>` or `refused:<reason>`. */
@Entity('paid_message_count')
export class PaidMessageCountRow {
  @PrimaryColumn('date', { primaryKeyConstraintName: 'paid_message_count_pkey' })
  day!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'paid_message_count_pkey' })
  scope!: string;

  @Column('integer', { default: 0 })
  count!: number;
}
