/**
 * One case from its first alert to the closed incident: brought to its phase, hit by the fault, followed to the end,
 * verified.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Breach } from '../../db/invariants/audit-record.js';
import { type FaultCase, nameOf } from './cases.js';
import { verify } from './oracle.js';
import { incidentsOf, type IncidentView, isQuiet } from './incident-view.js';
import { type Held, type Wanted } from './pauses.js';
import { poll, within, WORKFLOW_PATIENCE_MS } from './poll.js';
import { People } from './people.js';
import { type Stack } from './stack.js';
import { Traffic } from './traffic.js';
import { injectAlone } from './inject-alone.js';
import { startTcpProxy, type TcpProxy } from './proxy/tcp-proxy.js';
import type { Slot } from './slots.js';

export class CaseRun {
  readonly key: string;
  readonly people: People;
  readonly traffic: Traffic;
  /** The sender's own connection to the api, when the fault concerns it. */
  line: TcpProxy | null = null;
  held: Held[] = [];
  private sending: Promise<void> = Promise.resolve();
  private incident: IncidentView | null = null;

  constructor(
    readonly stack: Stack,
    readonly one: FaultCase,
    readonly slot: Slot,
    attempt: number,
  ) {
    // Another attempt at the same case in the same stack is another alert.
    this.key = `${nameOf(one)}${attempt === 0 ? '' : `/${attempt}`}`;
    this.people = new People(stack, this.key, one);
    this.traffic = new Traffic(stack);
  }

  /** Resolves when the incident has reached the phase of the case. */
  async bringToPhase(): Promise<void> {
    const { phase, fault, plan } = this.one;
    this.stack.provider.script(`/${this.slot.first}/hook`, plan.hook);
    this.stack.provider.script(`/${this.slot.first}/spare`, plan.spare);
    if (fault.endsWith('-client')) this.line = await startTcpProxy({ port: this.stack.apiPort });
    const point = pointOf[phase];
    // The workflow's timers do not follow the record's clock, and would be there at once.
    const isByRecord = phase === 'F9' && fault.startsWith('dst');
    const held = point === undefined || isByRecord ? null : this.hold(point, phase === 'F9' ? 2 : 1);
    this.sending = this.people.send(this.slot.key, phase === 'F2' ? this.line : null);
    this.sending.catch(() => undefined);
    if (held !== null) await within(held.reached, `standing at ${phase}`);
    if (phase === 'F9') await this.known();
    if (isByRecord) await this.timersInstant();
    if (phase === 'F8') await this.until('the timer to run', (incident) => incident.phase === 'waiting');
    if (phase === 'F9' && beforeCommit.includes(fault)) await this.atCommit('F9', () => this.answer());
    if (phase === 'F12') {
      await this.reached([this.slot.first]);
      await this.traffic.begin(await this.known());
    }
    if (phase === 'F13') await this.poiseClosing();
  }

  /** A fault of this case alone. */
  async inject(): Promise<void> {
    try {
      await injectAlone(this);
    } finally {
      this.release();
    }
  }

  /** Resumes what is held, and does what must happen at the same instant as the fault. */
  release(): void {
    const { phase, plan } = this.one;
    if (phase === 'F9') this.answer();
    if (phase === 'F13') void this.people.begin(plan.closing, this.slot.first);
    for (const held of this.held.splice(0)) held.release();
  }

  /**
   * Follows the case to the end: paged, acknowledged, resolved, closed, quiet. Returns the breaches, none when all is
   * well.
   */
  async finish(): Promise<Breach[]> {
    const { phase, plan } = this.one;
    await this.sending;
    for (let again = 1; again < plan.alerts; again += 1) await this.people.send(this.slot.key, null);
    await this.known();
    const isClock = /^(clock|dst)/.test(this.one.fault);
    // F13 was answered before the fault, by the person paged first: the other's pages have ended.
    const isFirst = plan.answers && !isClock && phase !== 'F13';
    const told = await this.reached(isFirst ? [this.slot.first] : [this.slot.first, this.slot.second]);
    if (phase === 'F12') await this.traffic.end();
    const isAnswered = plan.answers || phase === 'F13';
    if (!isAnswered) await this.secondStep();
    await this.people.answer(isAnswered ? told : await this.lastPaged());
    await this.people.close('resolve', told);
    await this.people.close('waive', told);
    await this.end();
    return verify(this);
  }

  async known(): Promise<IncidentView> {
    this.incident ??= await poll(
      async () => (await incidentsOf(this.stack.sql, this.key))[0],
      'the incident',
    );
    this.people.knows(this.incident);
    return this.incident;
  }

  /** The last events of a workflow that does not end, with its pending activities. */
  private async historyOf(id: string): Promise<string> {
    const { events } = await this.stack.histories.of(`incident/${id}`);
    const { workflow } = await this.stack.histories.client();
    const { raw } = await workflow.getHandle(`incident/${id}`).describe();
    const told = (events ?? []).slice(-12).map((event) => {
      const [name] = Object.keys(event).filter((key) => key.endsWith('Attributes'));
      return `${String(event.eventId)} ${name?.replace('EventAttributes', '') ?? ''}`;
    });
    const waitsFor = [...(raw.pendingActivities ?? []), raw.pendingWorkflowTask];
    return `${told.join(', ')}; pending: ${JSON.stringify(waitsFor)}`;
  }

  async dispose(): Promise<void> {
    this.traffic.stop();
    for (const held of this.held.splice(0)) held.release();
    await this.line?.close();
  }

  hold(point: Wanted['point'], step?: number): Held {
    const isStepRef = point === 'F4' && step !== undefined;
    const held = this.stack.pauses.hold({ point, key: this.key, ...(isStepRef ? { step } : {}) });
    this.held.push(held);
    return held;
  }

  /** The sender repeats the alert over its own connection. */
  sendAgain(): void {
    const again = this.people.send(this.slot.key, this.line);
    this.sending = this.sending.then(() => again);
    this.sending.catch(() => undefined);
  }

  answer(): void {
    void this.people.begin('acknowledge', this.slot.first, this.line);
  }

  private async poiseClosing(): Promise<void> {
    const { plan, fault } = this.one;
    await this.reached([this.slot.first, this.slot.second]);
    await this.known();
    await this.people.answer(this.slot.first);
    if (plan.closing === 'waive') await this.people.close('resolve', this.slot.first);
    if (beforeCommit.includes(fault))
      await this.atCommit('F13', () => void this.people.begin(plan.closing, this.slot.first));
  }

  /** Sends a command, and holds it before its commit. */
  private async atCommit(point: 'F9' | 'F13', ask: () => void): Promise<void> {
    await this.known();
    const held = this.hold(point);
    ask();
    await within(held.reached, `standing before the commit of ${point}`);
  }

  /** Resolves when one of these people has received the page. */
  private reached(people: readonly string[]): Promise<string> {
    return poll(
      () =>
        this.stack.provider.seen(this.key).find(({ rang, person }) => rang && people.includes(person))
          ?.person,
      `a page for ${people.join(' or ')} (I1)`,
    );
  }

  /** Without an answer, the second step is paged. */
  private async secondStep(): Promise<void> {
    await poll(async () => {
      const rows = await this.stack.sql<{ key: string }>(
        `SELECT key FROM delivery WHERE incident_id = $1 AND type = 'page.requested' AND step = 2`,
        [(await this.known()).id],
      );
      const keys = rows.map(({ key }) => key);
      return this.stack.provider.seen(this.key).some(({ rang, key }) => rang && keys.includes(key));
    }, 'a page of the second step (I1)');
  }

  private async lastPaged(): Promise<string> {
    const seen = this.stack.provider.seen(this.key).findLast(({ rang }) => rang);
    return Promise.resolve(seen?.person ?? this.slot.second);
  }

  private async until(what: string, holds: (incident: IncidentView) => boolean): Promise<void> {
    await poll(async () => (await incidentsOf(this.stack.sql, this.key)).some(holds), what);
  }

  /** The instant at which the second step is due, by the record's clock. */
  private async timersInstant(): Promise<void> {
    await this.until('the timer to run', (incident) => incident.phase === 'waiting');
    const [row] = await this.stack.sql<{ leftMs: number }>(
      `SELECT (extract(epoch FROM next_deadline - tocsin_now()) * 1000)::float8 AS "leftMs" FROM incident WHERE id = $1`,
      [(await this.known()).id],
    );
    await pause(Math.max(0, row?.leftMs ?? 0));
  }

  /** Closed, nothing due, and the workflow has ended (docs/reliability.md I13, I14). */
  private async end(): Promise<void> {
    const { id } = await this.known();
    await this.until('the incident to be closed', ({ status }) => status === 'closed');
    await poll(() => isQuiet(this.stack.sql, id), 'no due work to be left (I14)');
    await poll(
      async () => {
        const { workflow } = await this.stack.histories.client();
        const { status } = await workflow.getHandle(`incident/${id}`).describe();
        return status.name === 'COMPLETED' || Promise.reject(new Error(`the workflow is ${status.name}`));
      },
      'its workflow to end (I13)',
      WORKFLOW_PATIENCE_MS,
    ).catch(async (error: unknown) => {
      throw new Error(`${String(error)}; its history: ${await this.historyOf(id)}`);
    });
  }
}

/** Pause point at which an incident is held in its phase; the other phases are conditions of the record. */
const pointOf = { F1: 'F1', F2: 'F2', F3: 'F3', F4: 'F4', F5: 'F5', F6: 'F6', F7: 'F7', F9: 'F4' } as Partial<
  Record<FaultCase['phase'], 'F1' | 'F2' | 'F3' | 'F4' | 'F5' | 'F6' | 'F7'>
>;

/** These faults hit a command during its commit; the others hit it in transit. */
const beforeCommit: readonly string[] = ['kill-api', 'kill-postgres', 'cut-postgres', 'timeout-postgres'];
