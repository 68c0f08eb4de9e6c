import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A request for cover of a shift, to one person or to everybody in the schedule (`requestedOf` null). Accepting it
 * creates overrides.
 */
@Entity('swap_request')
@Index('swap_request_schedule', { synchronize: false })
@Index('swap_request_open', ['toAt'], { where: `(state = 'open'::text)` })
@Check(
  'swap_request_state',
  `(state = ANY (ARRAY['open'::text, 'accepted'::text, 'declined'::text, 'withdrawn'::text]))`,
)
@Check('swap_request_decided', `((state = 'open'::text) = (decided_at IS NULL))`)
@Check('swap_request_return', `((return_from IS NULL) = (return_to IS NULL))`)
export class SwapRequestRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'swap_request_pkey' })
  id!: string;

  @Column('text')
  schedule!: string;

  @Column('text', { name: 'requested_by' })
  requestedBy!: string;

  @Column('text', { name: 'requested_of', nullable: true })
  requestedOf!: string | null;

  @Column('timestamptz', { name: 'from_at' })
  fromAt!: Date;

  @Column('timestamptz', { name: 'to_at' })
  toAt!: Date;

  @Column('timestamptz', { name: 'return_from', nullable: true })
  returnFrom!: Date | null;

  @Column('timestamptz', { name: 'return_to', nullable: true })
  returnTo!: Date | null;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text')
  state!: string;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy!: string | null;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt!: Date | null;
}
