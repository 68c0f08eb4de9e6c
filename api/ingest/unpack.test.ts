import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { unpack } from './unpack.js';

const body = Buffer.from('{"title": "Disk full"}');
const LIMIT = 1_000;
const unpacked = (encoding: string | undefined, raw: Uint8Array) =>
  unpack(raw, encoding === undefined ? {} : { 'content-encoding': encoding }, LIMIT);

describe('a packed body', () => {
  it.each([
    ['gzip', gzipSync(body)],
    ['X-GZIP', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['deflate', deflateRawSync(body)],
    ['br', brotliCompressSync(body)],
    ['identity', body],
    ['', body],
    [undefined, body],
  ])('as %s is read', async (encoding, raw) => {
    const read = await unpacked(encoding, raw);
    expect(read.kind === 'unpacked' && Buffer.from(read.raw).toString()).toBe(body.toString());
  });

  it('is unpacked no further than the format reads', async () => {
    const bomb = Buffer.alloc(LIMIT + 1);
    expect(await unpacked('gzip', gzipSync(bomb))).toEqual({ kind: 'too_large' });
    expect(await unpacked('br', brotliCompressSync(bomb))).toEqual({ kind: 'too_large' });
    expect((await unpacked('gzip', gzipSync(bomb.subarray(1)))).kind).toBe('unpacked');
  });

  it('that is not what it says, or is what nobody reads, is refused in plain words', async () => {
    expect(await unpacked('gzip', body)).toMatchObject({
      status: 400,
      message: expect.stringContaining('not gzip'),
    });
    expect(await unpacked('gzip', gzipSync(body).subarray(0, 20))).toMatchObject({ status: 400 });
    expect(await unpacked('zstd', body)).toMatchObject({
      status: 415,
      message: expect.stringContaining('"zstd"'),
    });
    expect(await unpacked('gzip, gzip', body)).toMatchObject({ status: 415 });
  });
});
