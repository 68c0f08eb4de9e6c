/** Nest module of the api: its controllers and the one store of the process. */
import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/environment.js';
import type { Logger } from '../config/logger.js';
import { AccessStore } from '../db/access-store.js';
import { CalendarFeeds } from '../db/calendar-feeds.js';
import { ConfigStore } from '../db/config-store.js';
import { IncidentCommands } from '../db/incident-commands.js';
import { MailboxStore } from '../db/mailbox-store.js';
import { SessionStore } from '../db/session-store.js';
import type { Store } from '../db/store.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { SystemController } from './system/system.controller.js';
import { SystemService } from './system/system.service.js';
import { AuditController } from './audit/audit.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { Authenticator } from './auth/authenticator.js';
import { KeysService } from './auth/keys.service.js';
import { MailSignIn } from './auth/mail-sign-in.js';
import { SessionsController } from './auth/sessions.controller.js';
import { SetupService } from './auth/setup.service.js';
import { CONFIG, LOGGER, STORE } from './common/tokens.js';
import { ConfigurationController } from './configuration/configuration.controller.js';
import { DocumentReader } from './configuration/document-reader.js';
import { ConfigurationService } from './configuration/configuration.service.js';
import { DrillsController } from './drills/drills.controller.js';
import { EventsController } from './events/events.controller.js';
import { LiveEvents } from './events/live-events.js';
import { OpenStreams } from './events/open-streams.js';
import { HealthController } from './health/health.controller.js';
import { LinkHookController } from './hooks/link/link-hook.controller.js';
import { IncidentCommandsController } from './incidents/incident-commands.controller.js';
import { IncidentsController } from './incidents/incidents.controller.js';
import { IncidentsService } from './incidents/incidents.service.js';
import { MailboxController } from './mailbox/mailbox.controller.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { CalendarController } from './oncall/calendar.controller.js';
import { CalendarService } from './oncall/calendar.service.js';
import { OncallController } from './oncall/oncall.controller.js';
import { OncallService } from './oncall/oncall.service.js';
import { SchedulesController } from './oncall/schedules.controller.js';
import { SchedulesService } from './oncall/schedules.service.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { RouteTable } from './openapi/route-table.js';
import { pageControllers, pageProviders } from './pages/pages.module.js';
import { PersonDeliveriesController } from './people/person-deliveries.controller.js';
import { PeopleController } from './people/people.controller.js';
import { PeopleService } from './people/people.service.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PoliciesService } from './policies/policies.service.js';
import { PostmortemsController } from './postmortems/postmortems.controller.js';
import { PostmortemsService } from './postmortems/postmortems.service.js';
import { RunbooksController } from './runbooks/runbooks.controller.js';
import { RunbooksService } from './runbooks/runbooks.service.js';
import { SubscriptionsController } from './subscriptions/subscriptions.controller.js';

export interface Parts {
  config: Config;
  logger: Logger;
  store: Store;
  metrics: Metrics;
  access: AccessStore;
  sessions: SessionStore;
  authenticator: Authenticator;
  events: LiveEvents;
  streams: OpenStreams;
  routes: RouteTable;
}

@Module({})
export class AppModule {
  static of({
    config,
    logger,
    store,
    metrics,
    access,
    sessions,
    authenticator,
    events,
    streams,
    routes,
  }: Parts): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        HealthController,
        MetricsController,
        AuthController,
        SessionsController,
        ConfigurationController,
        IncidentsController,
        IncidentCommandsController,
        PostmortemsController,
        RunbooksController,
        DrillsController,
        OncallController,
        PersonDeliveriesController,
        PeopleController,
        PoliciesController,
        SchedulesController,
        CalendarController,
        AlertsController,
        AuditController,
        SystemController,
        MailboxController,
        SubscriptionsController,
        EventsController,
        OpenApiController,
        LinkHookController,
        ...pageControllers,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: STORE, useValue: store },
        { provide: Metrics, useValue: metrics },
        { provide: AccessStore, useValue: access },
        { provide: SessionStore, useValue: sessions },
        { provide: Authenticator, useValue: authenticator },
        {
          provide: ConfigStore,
          useValue: new ConfigStore(store.dataSource, store.snapshots, store.rootKeys[0]),
        },
        { provide: MailboxStore, useValue: new MailboxStore(store.dataSource, store.rootKeys) },
        {
          provide: IncidentCommands,
          useValue: new IncidentCommands(store.dataSource, store.recorder, store.intake, store.snapshots),
        },
        { provide: RouteTable, useValue: routes },
        { provide: LiveEvents, useValue: events },
        { provide: OpenStreams, useValue: streams },
        SetupService,
        MailSignIn,
        KeysService,
        ConfigurationService,
        DocumentReader,
        IncidentsService,
        PostmortemsService,
        RunbooksService,
        OncallService,
        PeopleService,
        PoliciesService,
        SystemService,
        SchedulesService,
        CalendarService,
        { provide: CalendarFeeds, useValue: new CalendarFeeds(store.dataSource) },
        ...pageProviders,
      ],
    };
  }
}
