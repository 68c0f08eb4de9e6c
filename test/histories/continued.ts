/** A run so long that it continues as new. The server suggests this after 40 events here, instead of 4,096. */
import { startTemporal } from '../../embedded/temporal.js';
import { eventually } from '../harness/eventually.js';
import { startTestStack } from '../harness/test-stack.js';
import { save } from './save.js';
import { waive } from './scenarios.js';

export async function recordContinued(tell: (saved: ReturnType<typeof save>) => void): Promise<void> {
  const temporal = await startTemporal({
    dbFile: null,
    settings: { 'limit.historyCount.suggestContinueAsNew': 40 },
  });
  try {
    const stack = await startTestStack({ temporal: { address: temporal.address, namespace: 'default' } });
    try {
      const { id, number } = await stack.declare({ title: 'Goes on and on' });
      const workflowId = `incident/${id}`;
      await stack.phones.of('ana').expectsPage(number);
      const { workflow } = await stack.tocsin.histories.client();
      const current = async () => (await workflow.getHandle(workflowId).describe()).runId;
      const first = await eventually(current);
      for (let n = 1; (await current()) === first; n++) {
        await stack.tell(number, 'notes', { person: 'cleo', text: `Still going on, note ${n}` });
      }
      await stack.tell(number, 'acknowledge', { person: 'ana' });
      await stack.tell(number, 'resolve', { person: 'ana' });
      await stack.untilKind(number, 'postmortem_drafted');
      await waive(stack, number);
      await eventually(
        async () => (await workflow.getHandle(workflowId).describe()).status.name === 'COMPLETED',
      );
      tell(save('long', await stack.tocsin.histories.opened(workflowId, first)));
      tell(save('continued', await stack.tocsin.histories.opened(workflowId)));
    } finally {
      await stack.end();
    }
  } finally {
    await temporal.stop();
  }
}
