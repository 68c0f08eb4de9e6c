/** What Temporal remembers of a workflow. Connects when first asked. */
import { Client, Connection } from '@temporalio/client';

export type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;

export interface Histories {
  client(): Promise<Client>;
  of(workflowId: string): Promise<History>;
  /** Number of events so far. */
  lengthOf(workflowId: string): Promise<number>;
  close(): Promise<void>;
}

export function openHistories(temporal: { address: string; namespace: string }): Histories {
  let connecting: Promise<Connection> | null = null;
  const client = async (): Promise<Client> => {
    connecting ??= Connection.connect({ address: temporal.address });
    return new Client({ connection: await connecting, namespace: temporal.namespace });
  };
  const of = async (workflowId: string): Promise<History> =>
    (await client()).workflow.getHandle(workflowId).fetchHistory();
  return {
    client,
    of,
    lengthOf: async (workflowId) => (await of(workflowId)).events?.length ?? 0,
    async close() {
      await (await connecting)?.close();
    },
  };
}
