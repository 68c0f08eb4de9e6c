/** Workflow histories from Temporal. Connects on first use. */
import { Client, Connection } from '@temporalio/client';
import { openHistory } from '../histories/open-history.js';
import { createPayloadCodec } from '../../worker/payload-codec.js';

export type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;

export interface Histories {
  client(): Promise<Client>;
  /** The stored history: sealed. */
  of(workflowId: string): Promise<History>;
  /** The history in clear, opened with the key; as JSON. */
  opened(workflowId: string, runId?: string): Promise<object>;
  /** Number of events so far. */
  lengthOf(workflowId: string): Promise<number>;
  close(): Promise<void>;
}

export function openHistories(
  temporal: { address: string; namespace: string },
  secretKey: string,
): Histories {
  let connecting: Promise<Connection> | null = null;
  const client = async (): Promise<Client> => {
    connecting ??= Connection.connect({ address: temporal.address });
    const dataConverter = {
      payloadCodecs: [createPayloadCodec({ secretKey: Buffer.from(secretKey), refused: 'fails' })],
    };
    return new Client({ connection: await connecting, namespace: temporal.namespace, dataConverter });
  };
  const of = async (workflowId: string): Promise<History> =>
    (await client()).workflow.getHandle(workflowId).fetchHistory();
  return {
    client,
    of,
    async opened(workflowId, runId) {
      const { workflow } = await client();
      const history = await workflow.getHandle(workflowId, runId).fetchHistory();
      return openHistory(history, { secretKey, namespace: temporal.namespace, workflowId });
    },
    lengthOf: async (workflowId) => (await of(workflowId)).events?.length ?? 0,
    async close() {
      await (await connecting)?.close();
    },
  };
}
