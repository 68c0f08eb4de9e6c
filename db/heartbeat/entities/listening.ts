import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: when an api listened last, and the last time in which none did. */
@Entity('listening')
@Check('listening_one', '(id = 1)')
export class ListeningRow {
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'listening_pkey' })
  id!: number;

  @Column('timestamptz', { name: 'seen_at' })
  seenAt!: Date;

  @Column('timestamptz', { name: 'deaf_from', nullable: true })
  deafFrom!: Date | null;

  @Column('timestamptz', { name: 'deaf_to', nullable: true })
  deafTo!: Date | null;
}
