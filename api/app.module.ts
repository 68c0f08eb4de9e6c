/** Nest module of the api: its controllers and the one store of the process. */
import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Config } from '../config/environment.js';
import type { Logger } from '../shared/logger.js';
import { AccessStore } from '../db/access/access-store.js';
import { CalendarFeeds } from '../db/oncall/calendar-feeds.js';
import { Recorder } from '../db/incident/record.js';
import { DigestStore } from '../db/postmortem/digest-store.js';
import { DigestSweep } from '../db/postmortem/digest-sweep.js';
import { PostmortemStore } from '../db/postmortem/postmortem-store.js';
import { RunCommands } from '../db/runbook/run-commands.js';
import { GoneResponders } from '../db/incident/gone-responders.js';
import { DrillRuns } from '../db/drill/drill-runs.js';
import { DrillStarts } from '../db/drill/start-drill.js';
import { DrillView } from '../db/drill/drill-view.js';
import { ContactMessages } from '../db/people/contact-messages.js';
import { ContactStore } from '../db/people/contact-store.js';
import { PersonPreferences } from '../db/people/person-preferences.js';
import { PersonErasure } from '../db/people/erase-person.js';
import { OverrideStore } from '../db/oncall/override-store.js';
import { SwapStore } from '../db/oncall/swap-store.js';
import { ConfigSnapshots } from '../db/config/config-snapshot.js';
import { ConfigStore } from '../db/config/config-store.js';
import { IncidentCommands } from '../db/incident/incident-commands.js';
import { MailboxStore } from '../db/delivery/mailbox-store.js';
import { SessionStore } from '../db/access/session-store.js';
import type { Store } from '../db/connection/store.js';
import { AlertsController } from './alert/alerts.controller.js';
import { MaintenanceController } from './alert/maintenance.controller.js';
import { MaintenanceService } from '../services/alert/maintenance.service.js';
import { MaintenanceStore } from '../db/alert/maintenance-store.js';
import { AlertTrialsController } from './alert/alert-trials.controller.js';
import { PriorityRulesController } from './incident/priority-rules.controller.js';
import { PriorityBacktests } from '../services/incident/priority-backtest.service.js';
import { AlertReplays } from '../services/alert/alert-replays.service.js';
import { AlertTrials } from '../services/alert/alert-trials.service.js';
import { SilencesController } from './alert/silences.controller.js';
import { SilencesService } from '../services/alert/silences.service.js';
import { SilenceStore } from '../db/alert/silence-store.js';
import { SystemController } from './system/system.controller.js';
import { SystemService } from '../services/system/system.service.js';
import { AuditController } from './audit/audit.controller.js';
import { AuthController } from './access/auth.controller.js';
import { Authenticator } from '../http/auth/authenticator.js';
import { KeysService } from '../services/access/keys.service.js';
import { MailSignIn } from '../services/access/mail-sign-in.js';
import { SessionsController } from './access/sessions.controller.js';
import { SessionsService } from '../services/access/sessions.service.js';
import { SetupService } from '../services/access/setup.service.js';
import { CONFIG, LOGGER } from '../services/common/tokens.js';
import { ConfigurationController } from './config/configuration.controller.js';
import { DocumentReader } from '../services/config/document-reader.js';
import { ConfigurationService } from '../services/config/configuration.service.js';
import { AlertMoves } from '../db/alert/move-alert.js';
import { AlertQueries } from '../services/alert/alert-queries.service.js';
import { AlertMovesService } from '../services/alert/alert-moves.service.js';
import { WatchView } from '../db/watch/watch-view.js';
import { WatchesController } from './watch/watches.controller.js';
import { WatchesService } from '../services/watch/watches.service.js';
import { HeartbeatView } from '../db/heartbeat/heartbeat-view.js';
import { SourcesController } from './alert/sources.controller.js';
import { SourcesService } from '../services/alert/sources.service.js';
import { HeartbeatsController } from './heartbeat/heartbeats.controller.js';
import { HeartbeatsService } from '../services/heartbeat/heartbeats.service.js';
import { DrillsController } from './drill/drills.controller.js';
import { DrillsService } from '../services/drill/drills.service.js';
import { EventsController } from './events/events.controller.js';
import { LiveEvents } from './events/live-events.js';
import { OpenStreams } from '../services/access/open-streams.js';
import { HealthController } from './health/health.controller.js';
import { LinkHookController } from '../web/links/link-hook.controller.js';
import { IncidentCommandsController } from './incident/incident-commands.controller.js';
import { IncidentsController } from './incident/incidents.controller.js';
import { IncidentQueries } from '../services/incident/incident-queries.service.js';
import { IncidentsService } from '../services/incident/incidents.service.js';
import { DeliveriesService } from '../services/delivery/deliveries.service.js';
import { MailboxService } from '../services/delivery/mailbox.service.js';
import { MailboxController } from './mailbox/mailbox.controller.js';
import { Metrics } from './metrics/metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { CalendarController } from './oncall/calendar.controller.js';
import { CalendarService } from '../services/oncall/calendar.service.js';
import { OncallController } from './oncall/oncall.controller.js';
import { OncallService } from '../services/oncall/oncall.service.js';
import { SchedulesController } from './oncall/schedules.controller.js';
import { SchedulesService } from '../services/oncall/schedules.service.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { RouteTable } from './openapi/route-table.js';
import { pageControllers, pageProviders } from '../web/web.module.js';
import { PersonDeliveriesController } from './people/person-deliveries.controller.js';
import { PeopleController } from './people/people.controller.js';
import { ReaderService } from '../services/people/reader.service.js';
import { PeopleService } from '../services/people/people.service.js';
import { PoliciesController } from './escalation/policies.controller.js';
import { PoliciesService } from '../services/escalation/policies.service.js';
import { DigestsController } from './postmortem/digests.controller.js';
import { PostmortemsController } from './postmortem/postmortems.controller.js';
import { DigestsService } from '../services/postmortem/digests.service.js';
import { PostmortemsService } from '../services/postmortem/postmortems.service.js';
import { RunbooksController } from './runbook/runbooks.controller.js';
import { RunbooksService } from '../services/runbook/runbooks.service.js';
import { SubscriptionsController } from './subscription/subscriptions.controller.js';

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
        DigestsController,
        RunbooksController,
        DrillsController,
        HeartbeatsController,
        SourcesController,
        WatchesController,
        OncallController,
        PersonDeliveriesController,
        PeopleController,
        PoliciesController,
        SchedulesController,
        CalendarController,
        AlertsController,
        SilencesController,
        AlertTrialsController,
        PriorityRulesController,
        MaintenanceController,
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
        { provide: DataSource, useValue: store.dataSource },
        { provide: ConfigSnapshots, useValue: store.snapshots },
        { provide: Recorder, useValue: store.recorder },
        { provide: PostmortemStore, useValue: store.postmortems },
        { provide: DigestStore, useValue: store.digests },
        { provide: DigestSweep, useValue: store.digestSweep },
        { provide: RunCommands, useValue: store.runCommands },
        { provide: GoneResponders, useValue: store.goneResponders },
        { provide: DrillRuns, useValue: store.drills },
        { provide: DrillStarts, useValue: store.drillStarts },
        { provide: DrillView, useValue: store.drillView },
        { provide: AlertMoves, useValue: store.alertMoves },
        { provide: HeartbeatView, useValue: store.heartbeatView },
        { provide: WatchView, useValue: store.watchView },
        { provide: ContactMessages, useValue: store.contactMessages },
        { provide: ContactStore, useValue: store.contacts },
        { provide: PersonPreferences, useValue: store.preferences },
        { provide: PersonErasure, useValue: store.erasure },
        { provide: OverrideStore, useValue: store.overrides },
        { provide: SwapStore, useValue: store.swaps },
        { provide: SilenceStore, useValue: store.silences },
        { provide: MaintenanceStore, useValue: store.maintenance },
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
          useValue: new IncidentCommands(store.dataSource, store.recorder, store.snapshots),
        },
        { provide: RouteTable, useValue: routes },
        { provide: LiveEvents, useValue: events },
        { provide: OpenStreams, useValue: streams },
        SessionsService,
        SetupService,
        MailSignIn,
        KeysService,
        ConfigurationService,
        DocumentReader,
        IncidentsService,
        IncidentQueries,
        DeliveriesService,
        MailboxService,
        PostmortemsService,
        DigestsService,
        RunbooksService,
        OncallService,
        PeopleService,
        DrillsService,
        HeartbeatsService,
        SourcesService,
        WatchesService,
        AlertMovesService,
        AlertQueries,
        ReaderService,
        PoliciesService,
        SystemService,
        SchedulesService,
        SilencesService,
        AlertTrials,
        AlertReplays,
        PriorityBacktests,
        MaintenanceService,
        CalendarService,
        { provide: CalendarFeeds, useValue: new CalendarFeeds(store.dataSource) },
        ...pageProviders(store),
      ],
    };
  }
}
