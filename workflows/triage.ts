/** Diagnostics start in parallel and never hold up a page. */
import { log } from '@temporalio/workflow';
import { diagnose } from './proxies.js';
import type { Story } from './story.js';

export async function triage(story: Story): Promise<void> {
  const checks = story.response.diagnostics.map(async (diagnostic) => {
    try {
      story.apply((await diagnose({ ...story.about, name: diagnostic.name })).events);
    } catch (error) {
      // A diagnostic is a help, not a step: an incident never waits for one, and never fails by one.
      log.warn('diagnostic failed', { diagnostic: diagnostic.name, error });
    }
  });
  await Promise.all(checks);
}
