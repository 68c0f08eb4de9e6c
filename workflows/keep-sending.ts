/** Retries and later contacts: wakes whenever the delivery ledger owes this incident something. */
import { condition } from '@temporalio/workflow';
import { sendDue } from './proxies.js';
import type { Story } from './story.js';

export async function keepSending(story: Story, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const at = story.nextSendAt;
    const changed = () => story.nextSendAt !== at || !goesOn();
    if (at === null) {
      await condition(changed);
    } else if (at > Date.now()) {
      await condition(changed, at - Date.now());
    } else {
      // Taken before the call: what becomes owed meanwhile sets it again.
      story.nextSendAt = null;
      const { events, nextDueMs } = await sendDue(story.about);
      story.owes(nextDueMs);
      story.apply(events);
    }
  }
}
