/**
 * What Temporal carries and keeps is sealed: AES-256-GCM under a key derived from the root key, bound to the namespace and the id of
 * the workflow it belongs to. Who has no key reads nothing, and what they write is not believed; what was written for another
 * workflow is not either (ADR 27).
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { payloadKey, type RootKeys, rootKeysOf } from '../config/keys.js';

export const SEALED = 'binary/tocsin-sealed';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class RefusedPayload extends Error {
  override readonly name = 'RefusedPayload';
}

export interface PayloadCodecOptions {
  /** The root key, and those before it, which still open what they sealed. */
  secretKey: Buffer | RootKeys;
  /**
   * `nothing`: a start or a signal that is refused reads as one without an argument, which workflows pass over. Failing instead
   * would let a stranger's signal stop a workflow. All else that is refused fails in either case.
   */
  refused: 'fails' | 'nothing';
}

export function createPayloadCodec({ secretKey, refused }: PayloadCodecOptions): PayloadCodec {
  const [root, ...previous] = rootKeysOf(secretKey);
  const key = payloadKey(root);
  const keyId = idOf(key);
  const known = new Map([key, ...previous.map(payloadKey)].map((one) => [idOf(one).toString(), one]));
  const encoding = Buffer.from(SEALED);

  function seal(payload: Payload, bound: Buffer): Payload {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
    const data = Buffer.concat([nonce, cipher.update(pack(payload)), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { encoding, 'key-id': keyId }, data };
  }

  function open({ metadata, data }: Payload, bound: Buffer): Payload {
    if (textOf(metadata?.['encoding']) !== SEALED) throw new RefusedPayload('clear text is not accepted');
    const sealedUnder = known.get(textOf(metadata?.['key-id']) ?? '');
    if (sealedUnder === undefined) throw new RefusedPayload('sealed under another root key');
    const sealed = Buffer.from(data ?? []);
    if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new RefusedPayload('cut off');
    const decipher = createDecipheriv('aes-256-gcm', sealedUnder, sealed.subarray(0, NONCE_BYTES))
      .setAAD(bound)
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return unpack(
        Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]),
      );
    } catch (cause) {
      throw new RefusedPayload('changed, or sealed for another workflow', { cause });
    }
  }

  return {
    async encode(payloads, context) {
      if (payloads.length === 0) return [];
      // Sealed in any case: a worker that cannot write its refusal down would end.
      const bound = boundTo(context) ?? NO_WORKFLOW;
      return payloads.map((payload) => seal(payload, bound));
    },
    async decode(payloads, context) {
      if (payloads.length === 0) return [];
      try {
        const bound = boundTo(context);
        if (bound === null) throw new RefusedPayload('it belongs to no workflow');
        return payloads.map((payload) => open(payload, bound));
      } catch (error) {
        const isTold =
          refused === 'nothing' && context?.type === 'workflow' && error instanceof RefusedPayload;
        if (isTold) return payloads.map(() => nothing);
        throw error;
      }
    },
  };
}

const idOf = (key: Buffer): Buffer =>
  Buffer.from(createHash('sha256').update(key).digest('hex').slice(0, 16));

/** Reads as `undefined`. */
const nothing: Payload = { metadata: { encoding: Buffer.from('binary/null') } };

/** What is bound to it is never opened. */
const NO_WORKFLOW = Buffer.from('no workflow');

/** An activity without a workflow is none of ours: null. */
function boundTo(context: SerializationContext | undefined): Buffer | null {
  if (context?.workflowId === undefined || context.workflowId === '') return null;
  return Buffer.from(JSON.stringify([context.namespace, context.workflowId]));
}

/** Length of the metadata, metadata as JSON, data as it is. */
function pack({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  // Without data it is an empty list of numbers, of the kind that protobuf makes.
  return Buffer.concat([length, head, Buffer.from(data ?? [])]);
}

function unpack(packed: Buffer): Payload {
  const end = 4 + packed.readUInt32BE(0);
  const head = JSON.parse(packed.subarray(4, end).toString()) as Record<string, string>;
  const entries = Object.entries(head).map(([name, value]) => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(entries) as Record<string, Buffer>, data: packed.subarray(end) };
}

const textOf = (bytes: Uint8Array | null | undefined): string | undefined =>
  bytes === null || bytes === undefined ? undefined : Buffer.from(bytes).toString();
