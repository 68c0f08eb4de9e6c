import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Messages for Temporal, delivered or not. */
@Entity('outbox')
@Index('outbox_undelivered', ['workflowId', 'id'], { where: `(delivered_at IS NULL)` })
export class OutboxRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'outbox_pkey',
  })
  id!: string;

  @Column('text', { name: 'workflow_id' })
  workflowId!: string;

  @Column('uuid', { name: 'incident_id', nullable: true })
  incidentId!: string | null;

  @Column('integer', { nullable: true })
  seq!: number | null;

  @Column('jsonb')
  message!: unknown;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'delivered_at', nullable: true })
  deliveredAt!: Date | null;
}
