/** Controllers and providers of the server-rendered pages. Part of the api's module, whose services they use. */
import { LinkStore } from '../../db/link-store.js';
import type { Store } from '../../db/store.js';
import { STORE } from '../common/tokens.js';
import { LinkDecisions } from './links/link-decisions.js';
import { LinkPages } from './links/link-pages.js';
import { LinksController } from './links/links.controller.js';
import { ReachController } from './links/reach.controller.js';
import { PushPagesController } from './push/push.controller.js';
import { AccessPagesController } from './app/access.controller.js';
import { KeysPagesController } from './app/keys.controller.js';
import { SessionsPagesController } from './app/sessions.controller.js';
import { PageContexts } from './app/page-contexts.js';
import { IncidentPageLoader } from './app/incident-page-loader.js';
import { IncidentPagesController } from './app/incidents.controller.js';
import { OnCallPagesController } from './app/on-call.controller.js';
import { OnCallPageLoader } from './app/on-call-view.js';
import { PeoplePagesController } from './app/people.controller.js';
import { PersonDeliveriesPageController } from './app/person-deliveries.controller.js';
import { DrillPagesController } from './app/drills.controller.js';
import { MailboxController } from './app/mailbox.controller.js';
import { PolicyPagesController } from './app/policies.controller.js';
import { ProfilePagesController } from './app/profile.controller.js';
import { PostmortemPagesController } from './app/postmortem.controller.js';
import { SystemPagesController } from './app/system-pages.controller.js';
import { RunPagesController } from './app/runs.controller.js';

export const pageControllers = [
  LinksController,
  ReachController,
  AccessPagesController,
  KeysPagesController,
  SessionsPagesController,
  IncidentPagesController,
  PostmortemPagesController,
  RunPagesController,
  DrillPagesController,
  MailboxController,
  OnCallPagesController,
  PeoplePagesController,
  PersonDeliveriesPageController,
  ProfilePagesController,
  PushPagesController,
  PolicyPagesController,
  SystemPagesController,
];

export const pageProviders = [
  {
    provide: LinkStore,
    useFactory: (store: Store) => new LinkStore(store.dataSource, store.rootKeys),
    inject: [STORE],
  },
  LinkPages,
  LinkDecisions,
  PageContexts,
  OnCallPageLoader,
  IncidentPageLoader,
];
