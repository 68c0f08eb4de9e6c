import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The values of a watch in one span of time. */
@Entity('watch_bucket')
@Index('watch_bucket_age', ['width', 'at'])
export class WatchBucketRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'watch_bucket_pkey' })
  watch!: string;

  /** Seconds. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'watch_bucket_pkey' })
  width!: number;

  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'watch_bucket_pkey' })
  at!: Date;

  @Column('integer')
  n!: number;

  @Column('double precision')
  mean!: number;

  /** Sum of squared differences from the mean. */
  @Column('double precision')
  m2!: number;

  @Column('double precision')
  low!: number;

  @Column('double precision')
  high!: number;
}
