import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** People as sign-in and messages need them; projected from Person documents. */
@Entity('person')
@Index('person_email', { synchronize: false })
export class PersonRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'person_pkey' })
  name!: string;

  @Column('text')
  email!: string;

  @Column('text', { name: 'display_name' })
  displayName!: string;

  @Column('text')
  role!: string;

  @Column('text')
  timezone!: string;

  @Column('boolean', { default: true })
  active!: boolean;

  @Column('timestamptz', { name: 'demoted_at', nullable: true })
  demotedAt!: Date | null;

  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt!: Date | null;

  @Column('timestamptz', { name: 'erased_at', nullable: true })
  erasedAt!: Date | null;
}
