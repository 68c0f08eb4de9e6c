import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: the version of the configuration in force. */
@Entity('config_head')
@Check('config_head_id_check', `id`)
export class ConfigHeadRow {
  @PrimaryColumn('boolean', { default: true, primaryKeyConstraintName: 'config_head_pkey' })
  id!: boolean;

  @Column('bigint')
  version!: string;

  /** Counts the changes of live data (overrides, contacts), so that cached snapshots become outdated with them. */
  @Column('bigint', { default: 0 })
  live!: string;
}
