/** Diagnostics start in parallel and runbooks are begun; neither holds up a page. */
import { log } from '@temporalio/workflow';
import { diagnose, local } from './proxies.js';
import type { Story } from './story.js';

export async function triage(story: Story): Promise<void> {
  const { diagnostics, runbooks } = story.response;
  const checks = diagnostics.map(async (diagnostic) => {
    try {
      story.apply((await diagnose({ ...story.about, diagnostic })).events);
    } catch (error) {
      // A diagnostic is a help, not a step: an incident never waits for one, and never fails by one.
      log.warn('diagnostic failed', { diagnostic: diagnostic.name, error });
    }
  });
  if (runbooks.length > 0) story.apply((await local.startRunbooks(story.about)).events);
  await Promise.all(checks);
}
