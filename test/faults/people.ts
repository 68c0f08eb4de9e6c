/** The people of one case: the sender who repeats until a 2xx, and those who acknowledge, resolve and waive. */
import { randomUUID } from 'node:crypto';
import { createApi, type Api } from '../harness/api.js';
import type { FaultCase } from './cases.js';
import type { IncidentView } from './incident-view.js';
import { poll } from './poll.js';
import type { TcpProxy } from './proxy/tcp-proxy.js';
import type { Stack } from './stack.js';

export type Command = 'acknowledge' | 'resolve' | 'waive';

const paths: Record<Command, string> = {
  acknowledge: 'acknowledge',
  resolve: 'resolve',
  waive: 'postmortem/waive',
};
const past: Record<Command, readonly string[]> = {
  acknowledge: ['acknowledged', 'resolved', 'closed'],
  resolve: ['resolved', 'closed'],
  waive: ['closed'],
};

export class People {
  /** `Date.now()` when an acknowledgement was confirmed; null before. */
  acknowledgedAt: number | null = null;
  private incident: IncidentView | null = null;
  private readonly begun = new Map<Command, Promise<void>>();

  constructor(
    private readonly stack: Stack,
    private readonly key: string,
    private readonly one: FaultCase,
  ) {}

  knows(incident: IncidentView): void {
    this.incident = incident;
  }

  /** Like every sender: repeats until it is accepted. */
  async send(sourceKey: string, line: TcpProxy | null): Promise<void> {
    const alert = { title: this.key, dedup_key: this.key, severity: 'critical' };
    const { call } = this.over(line);
    await poll(
      async () => (await call('POST', `/in/${sourceKey}`, alert, { token: null })).status === 202,
      `an answer to the alert (${this.one.phase})`,
    );
  }

  /** Sends the command once, unless it was sent already; a lost request is repeated. */
  begin(command: Command, person: string, line: TcpProxy | null = null): Promise<void> {
    const begun = this.begun.get(command) ?? this.until(command, person, line);
    begun.catch(() => undefined);
    this.begun.set(command, begun);
    return begun;
  }

  answer(person: string): Promise<void> {
    return this.begin('acknowledge', person);
  }

  close(command: 'resolve' | 'waive', person: string): Promise<void> {
    return this.begin(command, person);
  }

  /** Sends the same command many times at once. */
  async byMany(command: Command, person: string, times: number): Promise<void> {
    const { call } = this.over(null);
    await Promise.allSettled(
      Array.from({ length: times }, () => call('POST', this.path(command), this.body(command, person))),
    );
  }

  private async until(command: Command, person: string, line: TcpProxy | null): Promise<void> {
    const { call } = this.over(line);
    const idempotency = { headers: { 'idempotency-key': randomUUID() } };
    await poll(async () => {
      const { status, text } = await call(
        'POST',
        this.path(command),
        this.body(command, person),
        idempotency,
      );
      if (status === 200 || (await this.isPast(command))) return true;
      throw new Error(`${command} was answered ${status}: ${text.slice(0, 200)}`);
    }, `"${command}" to be heard`);
    if (command === 'acknowledge') this.acknowledgedAt = Date.now();
  }

  private async isPast(command: Command): Promise<boolean> {
    const [row] = await this.stack.sql<{ status: string }>('SELECT status FROM incident WHERE id = $1', [
      this.incident?.id,
    ]);
    return past[command].includes(row?.status ?? '');
  }

  private path(command: Command): string {
    return `/api/v1/incidents/${this.incident?.number ?? '?'}/${paths[command]}`;
  }

  private body(command: Command, person: string): object {
    return command === 'waive' ? { person: 'root', reason: 'A fault case.' } : { person };
  }

  private over(line: TcpProxy | null): Pick<Api, 'call'> {
    return line === null ? this.stack : createApi(`http://127.0.0.1:${line.port}`, this.stack.adminToken);
  }
}
