/** Decisions of an approval link and of a review link. */
import type { DataSource } from 'typeorm';
import type { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import type { Recorder } from '../../db/incident/record.js';
import type { OpenedLink } from '../../db/reply/link-store.js';
import type { RunCommands } from '../../db/runbook/run-commands.js';
import { approvalOver } from '../../domain/reply/link-state.js';
import { recordOutcome, refused, unknownButton, wrongField } from './link-outcome.js';
import { type LinkDecision, type LinkPress, oneOf } from './link-press.js';

/** Entitlement and digest are checked by the run commands, in the transaction of the press. */
export function approvalDecision(runCommands: RunCommands, link: OpenedLink, press: LinkPress): LinkDecision {
  const decision = oneOf(['approve', 'reject'] as const, press.decision);
  if (decision === undefined) return unknownButton();
  const { run, step } = link.subject;
  if (typeof run !== 'string' || typeof step !== 'string')
    return refused(409, 'What this link asked about no longer exists');
  const { comment, digest } = press;
  const at = { runId: run, step, digest: digest ?? '' };
  const request = { ...at, person: link.person.name, decision, comment };
  return async (tx, locked) => {
    const over = approvalOver(locked.state);
    return over === null
      ? recordOutcome(await runCommands.decideApprovalIn(tx, locked, request))
      : refused(409, over.title, over.detail);
  };
}

export async function reviewDecision(
  {
    dataSource,
    snapshots,
    recorder,
  }: { dataSource: DataSource; snapshots: ConfigSnapshots; recorder: Recorder },
  link: OpenedLink,
  press: LinkPress,
): Promise<LinkDecision> {
  const decision = oneOf(['approve', 'request_changes', 'delegate'] as const, press.decision);
  if (decision === undefined) return unknownButton();
  const { comment, revision } = press;
  // Before the nonce is used: the missing comment can be added on the same page.
  if (decision === 'request_changes' && comment === null)
    return wrongField('comment', 'Say in the comment what has to change.');
  const to = decision === 'delegate' ? press.to : null;
  if (decision === 'delegate') {
    const snapshot = await snapshots.latest(dataSource);
    if (to === null || snapshot.get('Person', to) === undefined)
      return wrongField('to', 'Choose the person who is to review this instead.');
  }
  const person = link.person.name;
  const request = { incidentId: link.incident.id, actor: person };
  const command = { type: 'decide_review', person, decision, comment, to, revision } as const;
  return async (tx, locked) =>
    recordOutcome(await recorder.recordLocked(tx, locked, { ...request, command }));
}
