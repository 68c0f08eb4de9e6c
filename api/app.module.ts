/** The api as a Nest module: controllers, and the one store of the process behind them. */
import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/environment.js';
import type { Logger } from '../config/logger.js';
import { AccessStore } from '../db/access-store.js';
import { ConfigStore } from '../db/config-store.js';
import { MailboxStore } from '../db/mailbox-store.js';
import type { Store } from '../db/store.js';
import { AuthController } from './auth/auth.controller.js';
import { SetupService } from './auth/setup.service.js';
import { CONFIG, LOGGER, STORE } from './common/tokens.js';
import { HealthController } from './health/health.controller.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';

export interface Parts {
  config: Config;
  logger: Logger;
  store: Store;
  metrics: Metrics;
  access: AccessStore;
}

@Module({})
export class AppModule {
  static of({ config, logger, store, metrics, access }: Parts): DynamicModule {
    return {
      module: AppModule,
      controllers: [HealthController, MetricsController, AuthController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: STORE, useValue: store },
        { provide: Metrics, useValue: metrics },
        { provide: AccessStore, useValue: access },
        { provide: ConfigStore, useValue: new ConfigStore(store.dataSource, store.snapshots) },
        { provide: MailboxStore, useValue: new MailboxStore(store.dataSource) },
        SetupService,
      ],
    };
  }
}
