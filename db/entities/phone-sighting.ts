import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A text or call that its provider has called back about, by the ledger key (`tag`) it was made for. */
@Entity('phone_sighting')
@Index('phone_sighting_at', ['at'])
export class PhoneSightingRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'phone_sighting_pkey' })
  tag!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'phone_sighting_pkey' })
  provider!: string;

  @PrimaryColumn('text', { name: 'provider_id', primaryKeyConstraintName: 'phone_sighting_pkey' })
  providerId!: string;

  @Column('boolean')
  dead!: boolean;

  @Column('timestamptz')
  at!: Date;
}
