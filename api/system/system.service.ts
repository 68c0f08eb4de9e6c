/** How Tocsin itself is, for its own page, the bar on every page, and scripts. */
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import { HEARTBEAT_LATE_MS, heartbeats } from '../../db/heartbeats.js';
import type { Store } from '../../db/store.js';
import { type Watchdog, watchdogs } from '../../db/watchdogs.js';
import { CONFIG, STORE } from '../common/tokens.js';
import { readiness, type Readiness } from '../health/readiness.js';

export interface SystemStanding extends Readiness {
  watchdogs: Watchdog[];
}

@Injectable()
export class SystemService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async standing(): Promise<SystemStanding> {
    const { dataSource } = this.store;
    const [beats, dogs] = [await heartbeats(dataSource), await watchdogs(dataSource)];
    return { ...readiness(beats, HEARTBEAT_LATE_MS), watchdogs: dogs };
  }

  /** What is not as it should be; a sentence each, for the red bar. */
  async degraded(): Promise<string[]> {
    const { parts, watchdogs: dogs } = await this.standing();
    const missing = (['worker', 'temporal', 'pager'] as const)
      .filter((part) => !parts[part].ok)
      .map((part) => `${part}: ${parts[part].text}`);
    // A pager that is not there is named above; its dogs are silent with it.
    const barking = dogs.filter((dog) => !dog.ok && !dog.isStale && !this.isTried(dog));
    return [...missing, ...barking.map(({ name, text }) => `${name}: ${text}`)];
  }

  /** In the practice organisation nobody outside has to watch. */
  private isTried({ name }: Watchdog): boolean {
    return name === 'heartbeat' && this.config.practice;
  }
}
