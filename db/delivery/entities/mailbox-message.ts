import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** A message in the in-app inbox. */
@Entity('mailbox_message')
@Index('mailbox_person', { synchronize: false })
@Unique('mailbox_message_key_key', ['key'])
export class MailboxMessageRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mailbox_message_pkey' })
  id!: string;

  @Column('text')
  key!: string;

  @Column('text')
  person!: string;

  @Column('text')
  subject!: string;

  @Column('text')
  body!: string;

  @Column('text')
  link!: string;

  @Column('jsonb')
  message!: unknown;

  @Column('timestamptz')
  at!: Date;

  @Column('timestamptz', { name: 'read_at', nullable: true })
  readAt!: Date | null;
}
