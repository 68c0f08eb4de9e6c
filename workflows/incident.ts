/**
 * The workflow of one incident: triage → respond → resolve → review → close. It waits and acts; the record decides, and its
 * decisions arrive as events (`happened`). It stays open until the post-mortem is approved or waived.
 */
import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow';
import { isDraftDue } from '../domain/postmortem/fold-review.js';
import { escalate } from './escalate.js';
import { keepSending } from './keep-sending.js';
import { type IncidentInput, notOurs } from './messages.js';
import { refetchMissing } from './refetch-missing.js';
import { local } from './proxies.js';
import { runRunbooks } from './run-runbooks.js';
import { IncidentReplica } from './incident-replica.js';
import { triage } from './triage.js';

export async function incident(input?: IncidentInput): Promise<void> {
  if (input === undefined) throw notOurs();
  const replica = new IncidentReplica(input);
  const goesOn = () => !replica.isClosed && !replica.isLong;
  const alongside = [
    keepSending(replica, goesOn),
    runRunbooks(replica, goesOn),
    refetchMissing(replica, goesOn),
  ];
  if (input.state === null) alongside.push(triage(replica));

  while (goesOn()) {
    await escalate(replica, () => goesOn() && replica.isResponding);
    if (goesOn()) await review(replica, goesOn);
  }

  await Promise.all(alongside);
  await condition(allHandlersFinished);
  if (!replica.isClosed) await continueAsNew<typeof incident>(replica.continuation);
}

/**
 * Drafts from the record, then waits for people: the last required approval closes the incident. Overdue reviews are escalated. An
 * incident that waits for the digest of its team has no draft and no deadline of its own, so it waits without a timer.
 */
async function review(replica: IncidentReplica, goesOn: () => boolean): Promise<void> {
  const inReview = () => goesOn() && replica.state.status === 'resolved';
  while (inReview()) {
    if (isDraftDue(replica.state)) {
      const { seq } = replica.state;
      await replica.ask((about) => local.draftPostmortem(about));
      // Nothing was drafted: an event that says why is on its way.
      if (replica.state.seq === seq) await condition(() => replica.state.seq !== seq || !goesOn());
    }
    await escalate(replica, () => inReview() && !isDraftDue(replica.state));
  }
}
