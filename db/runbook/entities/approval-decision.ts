import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** One person's answer to an approval. */
@Entity('approval_decision')
@ForeignKey('ApprovalRow', ['approvalId'], ['id'], { name: 'approval_decision_approval_id_fkey' })
export class ApprovalDecisionRow {
  @PrimaryColumn('uuid', { name: 'approval_id', primaryKeyConstraintName: 'approval_decision_pkey' })
  approvalId!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'approval_decision_pkey' })
  person!: string;

  @Column('text')
  decision!: string;

  @Column('text', { nullable: true })
  comment!: string | null;

  @Column('timestamptz')
  at!: Date;
}
