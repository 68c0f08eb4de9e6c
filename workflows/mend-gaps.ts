/**
 * An event whose predecessors never come (a signal lost with an old run, a store restored to an earlier time) is mended from
 * the record (R2, R9). Ordinarily an activity that is about to answer brings them.
 */
import { condition } from '@temporalio/workflow';
import { local } from './proxies.js';
import type { Story } from './story.js';

export async function mendGaps(story: Story, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    await condition(() => story.hasGap || !goesOn());
    if (!goesOn()) return;
    const closed = await condition(() => !story.hasGap || !goesOn(), '15s');
    if (!closed) await story.ask((about) => local.catchUp(about));
  }
}
