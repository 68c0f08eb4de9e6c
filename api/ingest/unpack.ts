/** Decompresses bodies (`content-encoding`), up to the size limit of the format. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { header } from '../../shared/json/json.js';
import type { SourceHeaders } from '../../integrations/shared/alerts/format.js';

export type Unpacked =
  | { kind: 'unpacked'; raw: Uint8Array }
  | { kind: 'too_large' }
  | { kind: 'unreadable'; status: 400 | 415; message: string };

type Unpack = (raw: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

const unpackInflate: Unpack = promisify(inflate);
const unpackRaw: Unpack = promisify(inflateRaw);
const unpackers: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  // Some senders send the zlib wrapper, as RFC 9110 §8.4.1.2 requires, and some do not.
  ['deflate', (raw, options) => (isWrapped(raw) ? unpackInflate : unpackRaw)(raw, options)],
  ['br', promisify(brotliDecompress)],
]);

/** RFC 1950: method 8, and the first two bytes as one number are divisible by 31. */
const isWrapped = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;

export async function unpack(raw: Uint8Array, headers: SourceHeaders, limitBytes: number): Promise<Unpacked> {
  const encoding = (header(headers, 'content-encoding') ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return { kind: 'unpacked', raw };
  const unpacker = unpackers.get(encoding);
  if (unpacker === undefined) {
    const message = `the content-encoding "${encoding.slice(0, 40)}" is not read; send gzip, deflate, br or none`;
    return { kind: 'unreadable', status: 415, message };
  }
  try {
    return { kind: 'unpacked', raw: await unpacker(raw, { maxOutputLength: limitBytes }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'too_large' };
    const message = `the body is not ${encoding}, which its content-encoding says; send it as what it is`;
    return { kind: 'unreadable', status: 400, message };
  }
}
