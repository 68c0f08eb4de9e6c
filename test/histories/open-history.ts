/**
 * A recorded history in clear, as JSON: saved histories must be readable in a review and replayable without a key.
 * Each payload is opened as the workflow's own, or as that of a child it names.
 */
import type { Payload } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { createPayloadCodec } from '../../worker/payload-codec.js';
import type { History } from '../harness/histories.js';

interface JsonPayload {
  metadata: Record<string, string>;
  data?: string;
}

export async function openHistory(
  history: History,
  about: { secretKey: string; namespace: string; workflowId: string },
): Promise<object> {
  const codec = createPayloadCodec({ secretKey: Buffer.from(about.secretKey), refused: 'fails' });
  const json: unknown = JSON.parse(historyToJSON(history));
  const ids = [about.workflowId, ...childrenOf(history)];

  async function open(value: unknown): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map(open));
    if (typeof value !== 'object' || value === null) return value;
    if (isPayload(value)) return openPayload(value);
    const entries = await Promise.all(
      Object.entries(value).map(async ([key, one]): Promise<[string, unknown]> => [key, await open(one)]),
    );
    return Object.fromEntries(entries);
  }

  async function openPayload(json: JsonPayload): Promise<JsonPayload> {
    const payload = { metadata: bytesOf(json.metadata), data: Buffer.from(json.data ?? '', 'base64') };
    for (const workflowId of ids) {
      const context = { type: 'workflow', namespace: about.namespace, workflowId } as const;
      const [opened] = await codec.decode([payload], context).catch((): Payload[] => []);
      if (opened !== undefined) return asJson(opened);
    }
    // Data that the SDK writes itself (markers, flags) is not sealed.
    return json;
  }

  return (await open(json)) as object;
}

const isPayload = (value: object): value is JsonPayload =>
  'metadata' in value &&
  typeof value.metadata === 'object' &&
  value.metadata !== null &&
  'encoding' in value.metadata;

const bytesOf = (metadata: Record<string, string>): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]));

function asJson({ metadata, data }: Payload): JsonPayload {
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [
    name,
    Buffer.from(bytes).toString('base64'),
  ]);
  const base = { metadata: Object.fromEntries(entries) as Record<string, string> };
  return data === null || data === undefined ? base : { ...base, data: Buffer.from(data).toString('base64') };
}

const childrenOf = ({ events }: History): string[] =>
  (events ?? []).flatMap((event) => {
    const id = event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId;
    return id === undefined || id === null ? [] : [id];
  });
