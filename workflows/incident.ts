/**
 * The life of one incident: triage → respond → resolve → review → close. It waits and acts; what is true is decided by the
 * record and arrives as events (`happened`). It stays open until the post-mortem is approved or waived.
 */
import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow';
import { escalate } from './escalate.js';
import { keepSending } from './keep-sending.js';
import { type IncidentInput, notOurs } from './messages.js';
import { mendGaps } from './mend-gaps.js';
import { local } from './proxies.js';
import { runRunbooks } from './run-runbooks.js';
import { Story } from './story.js';
import { triage } from './triage.js';

export async function incident(input?: IncidentInput): Promise<void> {
  if (input === undefined) throw notOurs();
  const story = new Story(input);
  const goesOn = () => !story.isClosed && !story.isLong;
  const alongside = [keepSending(story, goesOn), runRunbooks(story, goesOn), mendGaps(story, goesOn)];
  if (input.state === null) alongside.push(triage(story));

  while (goesOn()) {
    await escalate(story, () => goesOn() && story.isResponding);
    if (goesOn()) await review(story, goesOn);
  }

  await Promise.all(alongside);
  await condition(allHandlersFinished);
  if (!story.isClosed) await continueAsNew<typeof incident>(story.continuation);
}

/** Drafts from the record, then waits for people: the approving decision itself closes. Overdue reviews are escalated. */
async function review(story: Story, goesOn: () => boolean): Promise<void> {
  const inReview = () => goesOn() && story.state.status === 'resolved';
  const { status, due } = story.state.postmortem;
  if (inReview() && (status === 'none' || due === null)) {
    await story.ask((about) => local.draftPostmortem(about));
  }
  await escalate(story, inReview);
}
