/** Messages of the past through two configurations, and what differs: pages, and alerts that reach nobody or somebody. */
import type { ConfigSnapshot } from '../../config/specs.js';
import type { LiveWindow } from '../live-window.js';
import type { AlertSignal } from '../signal.js';
import type { LiveSilence } from '../silence.js';
import { coalesceSignals } from '../coalesce-signals.js';
import { type Released, Trial } from './trial.js';
import { noRecord, type Placing, type TrialAlert, type TrialSource } from './tried.js';

/** One message of an alert that was or would be in an incident on one side only. */
export interface ReplayedAlert {
  title: string;
  source: string;
  dedupKey: string;
  service: string | null;
  at: string;
  /** Of the side on which it reaches nobody. */
  because: string;
}

interface Lasting {
  from: string;
  to: string;
}

export interface Muting {
  silences: readonly (LiveSilence & Lasting)[];
  windows: readonly (LiveWindow & Lasting)[];
}

/** The configuration with the silences and windows of each time; a new snapshot only when one begins or ends. */
export class MutedBy {
  private readonly changes: string[];
  private next = 0;
  private current: ConfigSnapshot | null = null;

  constructor(
    private readonly snapshot: ConfigSnapshot,
    private readonly muting: Muting,
  ) {
    const all = [...muting.silences, ...muting.windows];
    this.changes = [...new Set(all.flatMap(({ from, to }) => [from, to]))].toSorted();
  }

  /** Times never go back. */
  at(now: string): ConfigSnapshot {
    const before = this.next;
    while ((this.changes[this.next] ?? '9999') <= now) this.next += 1;
    if (this.current !== null && before === this.next) return this.current;
    const isNow = ({ from, to }: Lasting): boolean => from <= now && now < to;
    const silences = this.muting.silences.filter(isNow);
    const windows = this.muting.windows.filter(isNow);
    this.current = { ...this.snapshot, live: { ...this.snapshot.live, silences, windows } };
    return this.current;
  }
}

export class ReplaySide {
  pages = 0;
  incidents = 0;
  /** Alerts by their episode: source, key, and time of the first message. */
  readonly alerts = new Map<string, TrialAlert>();
  readonly reached = new Set<string>();
  private readonly trial: Trial;
  private readonly muted: MutedBy;

  constructor(
    private readonly snapshot: ConfigSnapshot,
    muting: Muting,
    turn: () => Promise<void>,
  ) {
    this.trial = new Trial(noRecord, turn);
    this.muted = new MutedBy(snapshot, muting);
  }

  source(name: string): TrialSource | undefined {
    return this.snapshot.get('Source', name);
  }

  async take(
    source: TrialSource,
    signals: readonly AlertSignal[],
    now: string,
    turn: () => Promise<void>,
  ): Promise<void> {
    const snapshot = this.muted.at(now);
    this.count(await this.trial.advance(now, snapshot));
    for (const { steps } of coalesceSignals(signals.map((signal) => ({ source: source.name, signal }))))
      for (const step of steps) {
        await turn();
        const { released, alert, ...tried } = await this.trial.take(source, step, {
          now,
          snapshot,
          body: null,
        });
        if (alert !== null) this.note(alert, tried);
        this.count(released);
      }
  }

  async end(now: string): Promise<void> {
    this.count(await this.trial.advance(now, this.muted.at(now)));
  }

  private count(released: readonly Released[]): void {
    for (const { alert, ...placing } of released) this.note(alert, placing);
  }

  private note(alert: TrialAlert, { calls }: Placing): void {
    const episode = episodeOf(alert);
    this.alerts.set(episode, alert);
    if (alert.incident !== null) this.reached.add(episode);
    if (calls !== null) this.pages += 1;
    if (calls === 'opened') this.incidents += 1;
  }
}

const episodeOf = ({ source, signal, firstAt }: TrialAlert): string =>
  `${source.name} ${signal.dedupKey} ${firstAt}`;

/** Alerts of one side that reach somebody, and nobody on the other one. */
export function only(on: ReplaySide, other: ReplaySide): ReplayedAlert[] {
  return [...on.reached]
    .filter((episode) => !other.reached.has(episode))
    .flatMap((episode) => {
      const alert = on.alerts.get(episode);
      if (alert === undefined) return [];
      const { source, signal, service, firstAt } = alert;
      const because =
        other.alerts.get(episode)?.heldBecause ?? 'no message of it is taken, or it is counted elsewhere';
      return [
        {
          title: signal.title,
          source: source.name,
          dedupKey: signal.dedupKey,
          service,
          at: firstAt,
          because,
        },
      ];
    });
}
