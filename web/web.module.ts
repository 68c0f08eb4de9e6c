/** Controllers and providers of the server-rendered pages. Part of the api's module, whose services they use. */
import type { Provider } from '@nestjs/common';
import type { Store } from '../db/connection/store.js';
import { TestPages } from '../services/people/test-pages.js';
import { LinkAnswers } from '../services/reply/link-answers.js';
import { LinkViews } from '../services/reply/link-views.js';
import { createLinkServices } from '../services/reply/reply-services.js';
import { LinkPages } from './links/link-pages.js';
import { LinksController } from './links/links.controller.js';
import { ReachController } from './links/reach.controller.js';
import { PushPagesController } from './app/push/push.controller.js';
import { AccessPagesController } from './app/access/access.controller.js';
import { KeysPagesController } from './app/access/keys.controller.js';
import { SessionsPagesController } from './app/access/sessions.controller.js';
import { AlertPagesController } from './app/alert/alerts.controller.js';
import { PageContexts } from './app/page-contexts.js';
import { IncidentPageLoader } from './app/incident/incident-page-loader.js';
import { IncidentPagesController } from './app/incident/incidents.controller.js';
import { OnCallPagesController } from './app/oncall/on-call.controller.js';
import { OnCallPageLoader } from './app/oncall/on-call-loader.js';
import { PeoplePagesController } from './app/people/people.controller.js';
import { PersonDeliveriesPageController } from './app/people/person-deliveries.controller.js';
import { TrialPagesController } from './app/alert-trial/trials.controller.js';
import { SourcePagesController } from './app/source/sources.controller.js';
import { HeartbeatPagesController } from './app/heartbeat/heartbeats.controller.js';
import { WatchPagesController } from './app/watch/watches.controller.js';
import { DrillPagesController } from './app/drill/drills.controller.js';
import { MailboxController } from './app/mailbox/mailbox.controller.js';
import { PolicyPagesController } from './app/escalation/policies.controller.js';
import { ProfilePagesController } from './app/profile/profile.controller.js';
import { PostmortemPagesController } from './app/postmortem/postmortem.controller.js';
import { MaintenancePagesController } from './app/silence/maintenance.controller.js';
import { SilencePagesController } from './app/silence/silences.controller.js';
import { SystemPagesController } from './app/system/system.controller.js';
import { ReviewPagesController } from './app/review/reviews.controller.js';
import { RunPagesController } from './app/incident/runs.controller.js';

export const pageControllers = [
  LinksController,
  ReachController,
  AccessPagesController,
  KeysPagesController,
  SessionsPagesController,
  IncidentPagesController,
  AlertPagesController,
  PostmortemPagesController,
  ReviewPagesController,
  RunPagesController,
  DrillPagesController,
  HeartbeatPagesController,
  SourcePagesController,
  WatchPagesController,
  TrialPagesController,
  MailboxController,
  OnCallPagesController,
  PeoplePagesController,
  PersonDeliveriesPageController,
  ProfilePagesController,
  PushPagesController,
  PolicyPagesController,
  SilencePagesController,
  MaintenancePagesController,
  SystemPagesController,
];

export const pageProviders = (store: Store): Provider[] => {
  const { views, answers } = createLinkServices(store);
  return [
    { provide: LinkViews, useValue: views },
    { provide: LinkAnswers, useValue: answers },
    { provide: TestPages, useValue: new TestPages(store.dataSource, store.rootKeys) },
    LinkPages,
    PageContexts,
    OnCallPageLoader,
    IncidentPageLoader,
  ];
};
