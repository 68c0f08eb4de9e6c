import { describe, expect, it } from '@jest/globals';
import type { Payload, SerializationContext } from '@temporalio/common';
import { createPayloadCodec, SEALED } from './payload-codec.js';

const secretKey = Buffer.from('a root key of a test, as long as it has to be');
const codec = createPayloadCodec({ secretKey, refused: 'fails' });
const lenient = createPayloadCodec({ secretKey, refused: 'nothing' });
const workflow = (workflowId: string, namespace = 'default'): SerializationContext => ({
  type: 'workflow',
  namespace,
  workflowId,
});
const activity = (workflowId?: string): SerializationContext => ({
  type: 'activity',
  namespace: 'default',
  isLocal: false,
  ...(workflowId === undefined ? {} : { workflowId }),
});
const clear: Payload = {
  metadata: { encoding: Buffer.from('json/plain'), messageType: Buffer.from('x') },
  data: Buffer.from('{"title":"Replica lag"}'),
};
const sealed = async (): Promise<Payload> => {
  const [payload] = await codec.encode([clear], workflow('incident/1'));
  if (payload === undefined) throw new Error('nothing was sealed');
  return payload;
};

describe('the payload codec', () => {
  it('gives back what it sealed, to the same workflow and its activities', async () => {
    const payload = await sealed();
    expect(Buffer.from(payload.metadata?.['encoding'] ?? []).toString()).toBe(SEALED);
    expect(JSON.stringify(payload)).not.toContain('Replica');
    expect(Buffer.from(payload.data ?? []).toString('latin1')).not.toContain('Replica');
    for (const context of [workflow('incident/1'), activity('incident/1')])
      expect(await codec.decode([payload], context)).toEqual([clear]);
    expect(await codec.decode([], undefined)).toEqual([]);
  });

  it('seals what has no data, as the SDK hands it over when there is nothing to say', async () => {
    const empty = { metadata: { encoding: Buffer.from('binary/null') }, data: [] as unknown as Uint8Array };
    const payloads = await codec.encode([empty, { metadata: empty.metadata }], workflow('incident/1'));
    for (const one of await codec.decode(payloads, workflow('incident/1')))
      expect(one).toEqual({ metadata: empty.metadata, data: Buffer.alloc(0) });
  });

  it('never seals the same text the same way', async () => {
    expect(Buffer.from((await sealed()).data ?? [])).not.toEqual(Buffer.from((await sealed()).data ?? []));
  });

  const refused: [string, (payload: Payload) => Payload, SerializationContext | undefined][] = [
    ['clear text', () => clear, workflow('incident/1')],
    ['another workflow', (one) => one, workflow('incident/2')],
    ['another namespace', (one) => one, workflow('incident/1', 'other')],
    ['an activity of no workflow', (one) => one, activity()],
    ['no context', (one) => one, undefined],
    [
      'a cut',
      (one) => ({ ...one, data: (one.data ?? Buffer.alloc(0)).subarray(0, 20) }),
      workflow('incident/1'),
    ],
    [
      'another key id',
      (one) => ({ ...one, metadata: { ...one.metadata, 'key-id': Buffer.from('0'.repeat(16)) } }),
      workflow('incident/1'),
    ],
    [
      'one bit changed',
      (one) => {
        const data = Buffer.from(one.data ?? []);
        data[20] = (data[20] ?? 0) ^ 1;
        return { ...one, data };
      },
      workflow('incident/1'),
    ],
  ];
  it.each(refused)('refuses %s', async (_what, change, context) => {
    await expect(codec.decode([change(await sealed())], context)).rejects.toThrow(
      /clear text|changed|no workflow|cut off|another root key/,
    );
  });

  it('seals the answer to a stranger so that nobody opens it', async () => {
    const [answer] = await codec.encode([clear], activity());
    if (answer === undefined) throw new Error('nothing was sealed');
    for (const context of [activity(), workflow('incident/1'), undefined])
      await expect(codec.decode([answer], context)).rejects.toThrow(/no workflow|changed/);
  });

  it('refuses what another root key sealed', async () => {
    const other = createPayloadCodec({ secretKey: Buffer.from('another root key'), refused: 'fails' });
    await expect(other.decode([await sealed()], workflow('incident/1'))).rejects.toThrow('another root key');
    const after = createPayloadCodec({
      secretKey: [Buffer.from('another root key'), secretKey],
      refused: 'fails',
    });
    expect(await after.decode([await sealed()], workflow('incident/1'))).toEqual([clear]);
  });

  it('lets a workflow pass over a start or a signal that is refused, and nothing else', async () => {
    const nothing = [{ metadata: { encoding: Buffer.from('binary/null') } }];
    expect(await lenient.decode([clear], workflow('incident/1'))).toEqual(nothing);
    await expect(lenient.decode([clear], activity('incident/1'))).rejects.toThrow('clear text');
    await expect(lenient.decode([clear], undefined)).rejects.toThrow('no workflow');
  });
});
