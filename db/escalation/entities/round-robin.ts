import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Position of a round robin: the last member paged; '' before the first page. */
@Entity('round_robin')
export class RoundRobinRow {
  /** `policy/checkout/1#0`: the first target of step 1. */
  @PrimaryColumn('text', { name: 'list_key', primaryKeyConstraintName: 'round_robin_pkey' })
  listKey!: string;

  @PrimaryColumn('boolean', { name: 'is_drill', primaryKeyConstraintName: 'round_robin_pkey' })
  isDrill!: boolean;

  @Column('text')
  member!: string;

  @Column('integer')
  index!: number;

  @Column('timestamptz', { name: 'moved_at' })
  movedAt!: Date;
}
