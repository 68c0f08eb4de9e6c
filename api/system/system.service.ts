/** How Tocsin itself is, for its own page, the bar on every page, and scripts. */
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import { HEARTBEAT_LATE_MS, heartbeats } from '../../db/heartbeats.js';
import type { Store } from '../../db/store.js';
import { type Watchdog, type WatchdogName, watchdogs } from '../../db/watchdogs.js';
import { ZONE_DATA_VERSION } from '../../domain/oncall/zone-data.js';
import { CONFIG, STORE } from '../common/tokens.js';
import { readiness, type Readiness } from '../health/readiness.js';

export interface SystemStanding extends Readiness {
  watchdogs: Watchdog[];
  /** Release of the IANA time zone database in use. */
  zoneData: string;
}

@Injectable()
export class SystemService {
  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async standing(): Promise<SystemStanding> {
    const { dataSource } = this.store;
    const beats = await heartbeats(dataSource);
    const dogs = await watchdogs(dataSource, this.config.canaryEveryMs);
    return { ...readiness(beats, HEARTBEAT_LATE_MS), watchdogs: dogs, zoneData: ZONE_DATA_VERSION };
  }

  /** What is not as it should be; a sentence each, for the red bar. */
  async degraded(): Promise<string[]> {
    const standing = await this.standing();
    const { parts, watchdogs: dogs } = standing;
    const missing = (['worker', 'temporal', 'pager'] as const)
      .filter((part) => !parts[part].ok)
      .map((part) => `${part}: ${parts[part].text}`);
    const barking = dogs.flatMap((dog) => {
      if (this.isTried(dog)) return [];
      if (dog.isStale)
        return this.isOn(dog.name, standing)
          ? [`${dog.name}: it has fallen silent, so nobody watches; what it said last was: ${dog.text}`]
          : [];
      return dog.ok ? [] : [`${dog.name}: ${dog.text}`];
    });
    return [...missing, ...barking];
  }

  /** Is it expected to speak? One whose process is not there is named with the process. */
  private isOn(name: WatchdogName, standing: SystemStanding): boolean {
    const { parts, watchdogs: dogs } = standing;
    switch (name) {
      case 'canary':
        return parts.pager.ok && this.config.canaryEveryMs !== null;
      case 'heartbeat':
        // Nothing is pinged unless the canary is well, which says so itself when it is not.
        return this.isOn('canary', standing) && isWell('canary', dogs);
      case 'auditor':
        return parts.pager.ok;
      case 'reconcile':
        return parts.temporal.ok;
      case 'sources':
        return parts.worker.ok;
      case 'reply-mail':
        return this.config.channels.replyMail !== null;
    }
  }

  /** In the practice organisation nobody outside has to watch. */
  private isTried({ name }: Watchdog): boolean {
    return name === 'heartbeat' && this.config.practice;
  }
}

const isWell = (name: WatchdogName, dogs: readonly Watchdog[]): boolean =>
  dogs.some((dog) => dog.name === name && dog.ok && !dog.isStale);
