/** A run so long that it goes on as a new one. The server suggests that after 40 events here instead of 4,096. */
import { startTemporal } from '../../embedded/temporal.js';
import { eventually } from '../harness/eventually.js';
import { startStory } from '../harness/story.js';
import { save } from './save.js';
import { waive } from './scenarios.js';

export async function recordContinued(tell: (saved: ReturnType<typeof save>) => void): Promise<void> {
  const temporal = await startTemporal({
    dbFile: null,
    settings: { 'limit.historyCount.suggestContinueAsNew': 40 },
  });
  try {
    const story = await startStory({ temporal: { address: temporal.address, namespace: 'default' } });
    try {
      const { id, number } = await story.declare({ title: 'Goes on and on' });
      const workflowId = `incident/${id}`;
      await story.phones.of('ana').expectsPage(number);
      const { workflow } = await story.tocsin.histories.client();
      const current = async () => (await workflow.getHandle(workflowId).describe()).runId;
      const first = await eventually(current);
      for (let n = 1; (await current()) === first; n++) {
        await story.tell(number, 'notes', { person: 'cleo', text: `Still going on, note ${n}` });
      }
      await story.tell(number, 'acknowledge', { person: 'ana' });
      await story.tell(number, 'resolve', { person: 'ana' });
      await story.untilKind(number, 'postmortem_drafted');
      await waive(story, number);
      await eventually(
        async () => (await workflow.getHandle(workflowId).describe()).status.name === 'COMPLETED',
      );
      tell(save('long', await story.tocsin.histories.opened(workflowId, first)));
      tell(save('continued', await story.tocsin.histories.opened(workflowId)));
    } finally {
      await story.end();
    }
  } finally {
    await temporal.stop();
  }
}
