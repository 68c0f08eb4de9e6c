/**
 * Encrypts Temporal payloads: AES-256-GCM under a key derived from the root key, bound to the namespace and the
 * workflow id. Without the key a payload can neither be read nor forged, and a payload written for another workflow
 * is refused (ADR 27).
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { payloadKey, type RootKeys, rootKeysOf } from '../shared/keys.js';

export const SEALED = 'binary/tocsin-sealed';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

class RefusedPayload extends Error {
  override readonly name = 'RefusedPayload';
}

export interface PayloadCodecOptions {
  /** The root key, and previous ones, which still open what they sealed. */
  secretKey: Buffer | RootKeys;
  /**
   * `nothing`: a refused start or signal decodes without an argument, which workflows ignore. Failing instead would
   * let anybody's signal stop a workflow. Any other refused payload fails in either mode.
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
      // Sealed even without a workflow: a worker that cannot write its refusal would end.
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

/** Decodes to `undefined`. */
const nothing: Payload = { metadata: { encoding: Buffer.from('binary/null') } };

/** A payload bound to this is never opened. */
const NO_WORKFLOW = Buffer.from('no workflow');

/** Null for an activity without a workflow, which this application never runs. */
function boundTo(context: SerializationContext | undefined): Buffer | null {
  if (context?.workflowId === undefined || context.workflowId === '') return null;
  return Buffer.from(JSON.stringify([context.namespace, context.workflowId]));
}

/** Length of the metadata, metadata as JSON, raw data. */
function pack({ metadata, data }: Payload): Buffer {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ]);
  const head = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  // Missing data becomes an empty byte list, as protobuf produces.
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
