import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A value that was sent and not judged yet. */
@Entity('pushed_value')
export class PushedValueRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pushed_value_pkey' })
  watch!: string;

  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'pushed_value_pkey' })
  at!: Date;

  @Column('double precision')
  value!: number;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;
}
