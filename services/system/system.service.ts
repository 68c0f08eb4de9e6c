/** Tocsin's own state, for the system page, the bar on every page, and scripts. */
import { DataSource } from 'typeorm';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import { HEARTBEAT_LATE_MS, heartbeats } from '../../db/health/heartbeats.js';
import { type Watchdog, type WatchdogName, watchdogs } from '../../db/health/watchdogs.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { recentZoneChanges, type ZoneChange } from '../../db/oncall/zone-data-store.js';
import { ZONE_DATA_VERSION } from '../../domain/oncall/zone-data.js';
import { CONFIG } from '../common/tokens.js';
import { readiness, type Readiness } from './readiness.js';

export interface SystemStatus extends Readiness {
  watchdogs: Watchdog[];
  /** Release of the IANA time zone database in use. */
  zoneData: string;
  /** What newer zone data moved in the last 90 days, of zones in use. */
  zoneChanges: ZoneChange[];
}

@Injectable()
export class SystemService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async status(): Promise<SystemStatus> {
    const { dataSource } = this;
    const beats = await heartbeats(dataSource);
    const reports = await watchdogs(dataSource, this.config.canaryEveryMs);
    const zoneChanges = await recentZoneChanges(dataSource, await this.snapshots.latest(dataSource));
    return {
      ...readiness(beats, HEARTBEAT_LATE_MS),
      watchdogs: reports,
      zoneData: ZONE_DATA_VERSION,
      zoneChanges,
    };
  }

  /** Problems of the deployment, a sentence each, for the red bar. */
  async degraded(): Promise<string[]> {
    const status = await this.status();
    const { parts, watchdogs: reports } = status;
    const missing = (['worker', 'temporal', 'pager'] as const)
      .filter((part) => !parts[part].ok)
      .map((part) => `${part}: ${parts[part].text}`);
    const failing = reports.flatMap((report) => {
      if (this.isTried(report)) return [];
      if (report.isStale)
        return this.isOn(report.name, status)
          ? [`${report.name}: no report any more; its last report was: ${report.text}`]
          : [];
      return report.ok ? [] : [`${report.name}: ${report.text}`];
    });
    return [...missing, ...failing];
  }

  /** True when the watchdog is expected to report. A watchdog whose process is missing is named with the process. */
  private isOn(name: WatchdogName, status: SystemStatus): boolean {
    const { parts, watchdogs: reports } = status;
    switch (name) {
      case 'canary':
        return parts.pager.ok && this.config.canaryEveryMs !== null;
      case 'heartbeat':
        // No heartbeat is sent unless the canary is well, and a failing canary reports itself.
        return this.isOn('canary', status) && isWell('canary', reports);
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

  /** The practice organisation needs no outside monitor. */
  private isTried({ name }: Watchdog): boolean {
    return name === 'heartbeat' && this.config.practice;
  }
}

const isWell = (name: WatchdogName, reports: readonly Watchdog[]): boolean =>
  reports.some((report) => report.name === name && report.ok && !report.isStale);
