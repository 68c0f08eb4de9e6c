import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A reply over a channel: sender, how it was understood, and the answer. One row per message of the provider. */
@Entity('inbound_reply')
@Index('inbound_reply_at', ['at'])
@Unique('inbound_reply_message', ['channel', 'messageId'])
@Check(
  'inbound_reply_outcome',
  `(outcome = ANY (ARRAY['taken'::text, 'done'::text, 'refused'::text, 'not_understood'::text, 'unknown_sender'::text]))`,
)
export class InboundReplyRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'inbound_reply_pkey' })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  channel!: string;

  @Column('text', { name: 'message_id' })
  messageId!: string;

  /** Masked. */
  @Column('text')
  sender!: string;

  @Column('text', { nullable: true })
  person!: string | null;

  /** The beginning of the text. */
  @Column('text')
  body!: string;

  @Column('text', { nullable: true })
  intent!: string | null;

  /** Numbers (`INC-42`) of the incidents concerned. */
  @Column('text', { array: true, default: [] })
  incidents!: string[];

  @Column('text')
  outcome!: string;

  @Column('text', { nullable: true })
  answer!: string | null;
}
