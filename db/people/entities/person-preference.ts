import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person's own rules and quiet hours; null keeps those of the document. */
@Entity('person_preference')
export class PersonPreferenceRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'person_preference_pkey' })
  person!: string;

  @Column('jsonb', { nullable: true })
  rules!: object | null;

  @Column('jsonb', { name: 'quiet_hours', nullable: true })
  quietHours!: object | null;

  @Column('text', { name: 'updated_by' })
  updatedBy!: string;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
