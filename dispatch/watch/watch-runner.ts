/**
 * Evaluates the watches that are due. Each is asked on its own: one that hangs holds up no other. Those with nothing to tell are
 * saved together; what one tells is committed with its state.
 */
import type { Logger } from 'pino';
import type { WatchClaim, WatchStore, Evaluated } from '../../db/watch/watch-store.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { durationMs } from '../../domain/shared/duration.js';
import { worstBand } from '../../domain/watch/bands.js';
import { bucketsOf } from '../../domain/watch/buckets.js';
import { decideTells } from '../../domain/watch/decide-tells.js';
import { foldWatch, type WatchDocument } from '../../domain/watch/fold-watch.js';
import { nextTime } from '../../domain/watch/next-time.js';
import { signalOf } from '../../domain/watch/watch-signals.js';
import { newWatch } from '../../domain/watch/watch-state.js';
import { zoneOfService } from '../../domain/watch/watch-zone.js';
import { ConcurrencyLimit } from '../../shared/concurrency-limit.js';
import { repeat, type Repeating } from '../../shared/repeat.js';
import { askMetric, type MetricParts } from './ask-metric.js';
import type { Observer } from './observe.js';

const LOOK_MS = 1_000;
/** Watches claimed at once; most of them wait for an answer. */
const CLAIMED_MOST = 2_000;
/** Pages need the connections of this process too. */
const TELL_AT_ONCE = 3;
const SAVE_MS = 200;

export interface WatchRunnerParts {
  store: WatchStore;
  observer: Observer;
  metrics: MetricParts;
  log: Pick<Logger, 'warn'>;
}

export class WatchRunner {
  private readonly evaluating = new ConcurrencyLimit(CLAIMED_MOST);
  private readonly telling = new ConcurrencyLimit(TELL_AT_ONCE);
  private quiet: Evaluated[] = [];
  private looking: Repeating | null = null;
  private saving: Repeating | null = null;

  constructor(private readonly parts: WatchRunnerParts) {}

  start(): void {
    this.looking = repeat(
      LOOK_MS,
      () => this.look(),
      (error) => this.parts.log.warn({ error }, 'watches are not evaluated for the moment'),
    );
    this.saving = repeat(
      SAVE_MS,
      () => this.saveQuiet(),
      // Their leases end, and they are evaluated again.
      (error) => this.parts.log.warn({ error }, 'evaluations of watches could not be saved'),
    );
  }

  /** Ends once every evaluation under way is saved. */
  async stop(): Promise<void> {
    await this.looking?.stop();
    await this.evaluating.idle();
    await this.saving?.stop();
    await this.saveQuiet().catch(() => undefined);
  }

  /** Evaluates everything that is due, and waits for it. */
  async round(): Promise<void> {
    await this.look();
    await this.evaluating.idle();
    await this.saveQuiet();
  }

  private async look(): Promise<void> {
    const { store } = this.parts;
    const claims = await store.claim(this.evaluating.free);
    if (claims.length === 0) return;
    const snapshot = await store.snapshot();
    for (const claim of claims)
      void this.evaluating
        .run(() => this.evaluate(claim, snapshot))
        .catch((error: unknown) =>
          this.parts.log.warn({ error, watch: claim.name }, 'a watch could not be evaluated'),
        );
  }

  private async evaluate(claim: WatchClaim, snapshot: ConfigSnapshot): Promise<void> {
    const found = snapshot.get('Watch', claim.name);
    // Its document was deleted a moment ago: `sync` ends its alerts.
    if (found === undefined) return;
    const { name, revision, spec } = found;
    const document: WatchDocument = { name, revision, spec };
    const observed = await this.parts.observer.observe(
      document,
      zoneOfService(snapshot, spec.service),
      claim,
    );
    let state = claim.state ?? newWatch(revision);
    for (const observation of observed.observations) state = foldWatch(document, state, observation);
    state = { ...state, answeredAt: observed.answeredAt ?? state.answeredAt };
    const { now } = claim;
    const usersAffected = worstBand(state.bands) === null ? null : await this.usersAffected(document);
    const decided = decideTells(document, state, { now, usersAffected });
    const evaluated: Evaluated = {
      name,
      version: claim.version,
      state: decided.state,
      nextAt: nextTime(name, durationMs(spec.every), now),
      buckets: bucketsOf(observed.values),
      taken: observed.taken,
    };
    if (decided.tells.length === 0) {
      this.quiet.push(evaluated);
      return;
    }
    const signals = decided.tells.map((tell) => signalOf(document, tell, { state: decided.state, now }));
    await this.telling.run(async () => void (await this.parts.store.saveAndTell(evaluated, signals)));
  }

  /** Unknown when it cannot be asked: the band's own priority counts then. */
  private async usersAffected({ spec }: WatchDocument): Promise<number | null> {
    if (spec.usersAffected === undefined) return null;
    const answer = await askMetric(this.parts.metrics, spec.usersAffected.prometheus, null);
    return answer.kind === 'value' ? Math.max(0, Math.round(answer.value)) : null;
  }

  private async saveQuiet(): Promise<void> {
    const evaluated = this.quiet;
    this.quiet = [];
    if (evaluated.length > 0) await this.parts.store.save(evaluated);
  }
}
