import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who had the last turn of a round robin; '' when nobody has had one yet. */
@Entity('round_robin')
export class RoundRobinRow {
  /** `policy/checkout/1#0`: the first target of step 1. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'round_robin_pkey' })
  place!: string;

  @PrimaryColumn('boolean', { name: 'is_drill', primaryKeyConstraintName: 'round_robin_pkey' })
  isDrill!: boolean;

  @Column('text')
  member!: string;

  @Column('integer')
  index!: number;

  @Column('timestamptz', { name: 'moved_at' })
  movedAt!: Date;
}
