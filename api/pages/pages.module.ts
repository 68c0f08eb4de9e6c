/** The server-rendered pages. Part of the api's module, whose services they use. */
import { LinkStore } from '../../db/link-store.js';
import type { Store } from '../../db/store.js';
import { STORE } from '../common/tokens.js';
import { LinkDecisions } from './links/link-decisions.js';
import { LinkPages } from './links/link-pages.js';
import { LinksController } from './links/links.controller.js';
import { ReachController } from './links/reach.controller.js';
import { PushPagesController } from './push/push.controller.js';
import { AccessPagesController } from './rooms/access.controller.js';
import { KeysPagesController } from './rooms/keys.controller.js';
import { SessionsPagesController } from './rooms/sessions.controller.js';
import { Desk } from './rooms/desk.js';
import { IncidentRoom } from './rooms/incident-room.js';
import { IncidentPagesController } from './rooms/incidents.controller.js';
import { OnCallPagesController } from './rooms/on-call.controller.js';
import { OnCallDesk } from './rooms/on-call-view.js';
import { PeoplePagesController } from './rooms/people.controller.js';
import { PersonDeliveriesPageController } from './rooms/person-deliveries.controller.js';
import { PlacesController } from './rooms/places.controller.js';
import { PolicyPagesController } from './rooms/policies.controller.js';
import { ProfilePagesController } from './rooms/profile.controller.js';
import { PostmortemPagesController } from './rooms/postmortem.controller.js';
import { SystemPagesController } from './rooms/system-pages.controller.js';
import { RunPagesController } from './rooms/runs.controller.js';

export const pageControllers = [
  LinksController,
  ReachController,
  AccessPagesController,
  KeysPagesController,
  SessionsPagesController,
  IncidentPagesController,
  PostmortemPagesController,
  RunPagesController,
  PlacesController,
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
  Desk,
  OnCallDesk,
  IncidentRoom,
];
