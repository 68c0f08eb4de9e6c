import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A plan as shown, so that exactly the reviewed changes are applied. */
@Entity('config_plan')
export class ConfigPlanRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'config_plan_pkey' })
  id!: string;

  @Column('bigint')
  version!: string;

  @Column('jsonb')
  documents!: unknown;

  @Column('boolean')
  prune!: boolean;

  @Column('text')
  author!: string;

  @Column('timestamptz')
  at!: Date;
}
