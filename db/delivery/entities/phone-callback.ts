import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An SMS or call for which its provider sent a callback, by its ledger key (`tag`). */
@Entity('phone_callback')
@Index('phone_callback_at', ['at'])
export class PhoneCallbackRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'phone_callback_pkey' })
  tag!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'phone_callback_pkey' })
  provider!: string;

  @PrimaryColumn('text', { name: 'provider_id', primaryKeyConstraintName: 'phone_callback_pkey' })
  providerId!: string;

  @Column('boolean')
  dead!: boolean;

  @Column('timestamptz')
  at!: Date;
}
