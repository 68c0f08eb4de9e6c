/** The dev server as `npm start` runs it: gRPC on loopback, and no other working endpoint. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { startTemporal, type RunningTemporal } from '../../embedded/temporal.js';

let temporal: RunningTemporal;

beforeAll(async () => {
  temporal = await startTemporal({ dbFile: null });
}, 60_000);
afterAll(() => temporal.stop());

describe('the ports of the embedded Temporal', () => {
  it('answer no web page, whatever host it names', async () => {
    const ports = listening(temporal.pid ?? 0);
    expect(ports.map(({ address }) => address)).toEqual(ports.map(() => '127.0.0.1'));
    const namespace = '/api/v1/namespaces/default';
    const asked = [
      ['GET', namespace],
      ['POST', `${namespace}/activities/a`],
      ['POST', `${namespace}/workflows/incident/signal/happened`],
      ['POST', `${namespace}/workflows/incident`],
    ] as const;
    const answers = await Promise.all(
      ports.flatMap(({ port }) =>
        [`127.0.0.1:${port}`, 'localhost', 'rebind.evil.example'].flatMap((host) =>
          asked.map(([method, path]) => ask({ port, host, method, path })),
        ),
      ),
    );
    expect(answers.filter((status) => status === 403).length).toBe(asked.length * 3);
    expect(answers.filter((status) => status >= 200 && status < 300)).toEqual([]);
  });

  it('take no activity without a workflow', async () => {
    const connection = await Connection.connect({ address: temporal.address });
    try {
      const { activity } = new Client({ connection });
      const options = { id: 'a', taskQueue: 'runbook', startToCloseTimeout: '5s' } as const;
      await expect(activity.start('doStep', options)).rejects.toMatchObject({
        cause: { details: expect.stringMatching(/standalone/i) as unknown },
      });
    } finally {
      await connection.close();
    }
  });
});

/** 0 when the listener does not speak HTTP/1. */
const ask = (about: { port: number; host: string; method: string; path: string }): Promise<number> =>
  new Promise((resolve) => {
    const call = request(
      {
        ...about,
        host: '127.0.0.1',
        headers: { host: about.host, origin: 'https://evil.example', 'content-type': 'text/plain' },
        timeout: 2_000,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    call.on('error', () => resolve(0));
    call.on('timeout', () => call.destroy());
    call.end(about.method === 'POST' ? '{}' : undefined);
  });

/** Listening sockets of a process, from Linux's /proc. */
function listening(pid: number): { address: string; port: number }[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state !== '0A' || !sockets.has(inode)) return [];
    const [hex = '', port = ''] = local.split(':');
    const bytes = (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse();
    return [{ address: bytes.join('.'), port: Number.parseInt(port, 16) }];
  });
}
