/** Everything a process needs of the record, wired once. Each process makes one. */
import type { DataSource } from 'typeorm';
import { ConfigSnapshots } from './config-snapshot.js';
import { ContactMessages } from './contact-messages.js';
import { type RootKeys, rootKeysOf } from '../config/keys.js';
import { ContactStore } from './contact-store.js';
import { PersonPreferences } from './person-preferences.js';
import { DeliveryCallbacks } from './delivery-callbacks.js';
import { DrillStore } from './drill-store.js';
import { PersonErasure } from './erase-person.js';
import { GoneResponders } from './gone-responders.js';
import { Intake } from './intake.js';
import { Ledger } from './ledger.js';
import { LINK_DAYS } from './link-life.js';
import { NoticeStore } from './notice-store.js';
import { Outbox } from './outbox.js';
import { OverrideStore } from './override-store.js';
import { Paging } from './paging.js';
import { PhoneSightings } from './phone-sightings.js';
import { PostmortemStore } from './postmortem-store.js';
import { Receipts } from './receipts.js';
import { Recorder } from './record.js';
import { ReplyDoor } from './reply-door.js';
import { ResponseStore } from './response-store.js';
import { RunDoor } from './run-door.js';
import { RunStore } from './run-store.js';
import { AnnouncedEvents } from './announced-events.js';
import { SpendStore } from './spend-store.js';
import { SwapStore } from './swap-store.js';

export interface Store {
  dataSource: DataSource;
  snapshots: ConfigSnapshots;
  ledger: Ledger;
  recorder: Recorder;
  paging: Paging;
  intake: Intake;
  outbox: Outbox;
  postmortems: PostmortemStore;
  /** The runs as their workflows use them. */
  runs: RunStore;
  /** The runs as people and response plans use them. */
  runDoor: RunDoor;
  response: ResponseStore;
  drills: DrillStore;
  /** Incidents of people who are gone. */
  goneResponders: GoneResponders;
  /** Ends what is known of people who were deleted. */
  erasure: PersonErasure;
  notices: NoticeStore;
  /** Answers of people over channels. */
  replies: ReplyDoor;
  /** Receipts of providers. */
  callbacks: DeliveryCallbacks;
  /** Pages whose receipt did not come. */
  receipts: Receipts;
  /** What costs money per message, counted. */
  spend: SpendStore;
  /** Texts and calls that providers have called back about. */
  sightings: PhoneSightings;
  /** Events on their way to subscriptions. */
  announced: AnnouncedEvents;
  /** Of links and what is sealed. */
  rootKeys: RootKeys;
  overrides: OverrideStore;
  swaps: SwapStore;
  /** People's own contacts. */
  contacts: ContactStore;
  /** Their rules and quiet hours. */
  preferences: PersonPreferences;
  /** Codes and test pages. */
  contactMessages: ContactMessages;
}

export interface StoreOptions {
  /** `TOCSIN_LEASE`. */
  leaseMs?: number;
  /** `TOCSIN_LINK_DAYS`. */
  linkDays?: number;
}

export function createStore(
  dataSource: DataSource,
  keys: Buffer | RootKeys,
  { leaseMs, linkDays = LINK_DAYS }: StoreOptions = {},
): Store {
  const rootKeys = rootKeysOf(keys);
  const snapshots = new ConfigSnapshots(rootKeys);
  const ledger = new Ledger(dataSource, rootKeys, leaseMs);
  const recorder = new Recorder(dataSource, { ledger, snapshots, linkDays });
  const paging = new Paging(dataSource, recorder, ledger, snapshots);
  const intake = new Intake(dataSource, recorder, snapshots);
  const postmortems = new PostmortemStore(dataSource, recorder, snapshots);
  const contactMessages = new ContactMessages(dataSource, rootKeys);
  const runDoor = new RunDoor(dataSource, recorder, snapshots);
  return {
    dataSource,
    rootKeys,
    snapshots,
    ledger,
    recorder,
    paging,
    intake,
    outbox: new Outbox(dataSource),
    postmortems,
    runs: new RunStore(dataSource, recorder, snapshots),
    runDoor,
    response: new ResponseStore(dataSource, recorder, snapshots, runDoor, postmortems),
    announced: new AnnouncedEvents(dataSource, ledger, leaseMs),
    overrides: new OverrideStore(dataSource, snapshots),
    swaps: new SwapStore(dataSource, snapshots),
    preferences: new PersonPreferences(dataSource, snapshots),
    contacts: new ContactStore(dataSource, snapshots, contactMessages, rootKeys[0]),
    contactMessages,
    notices: new NoticeStore(dataSource, ledger, snapshots),
    replies: new ReplyDoor(dataSource, recorder, snapshots, rootKeys),
    callbacks: new DeliveryCallbacks(dataSource, paging, contactMessages),
    receipts: new Receipts(dataSource, ledger, snapshots),
    spend: new SpendStore(dataSource),
    sightings: new PhoneSightings(dataSource),
    goneResponders: new GoneResponders(dataSource, recorder),
    erasure: new PersonErasure(dataSource, snapshots),
    drills: new DrillStore(dataSource, recorder, intake, snapshots),
  };
}
