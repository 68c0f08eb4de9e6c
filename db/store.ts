/** Wires the access to the record. Each process creates one store. */
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
import { PhoneCallbacks } from './phone-callbacks.js';
import { PostmortemStore } from './postmortem-store.js';
import { Receipts } from './receipts.js';
import { Recorder } from './record.js';
import { InboundReplies } from './inbound-replies.js';
import { ResponseStore } from './response-store.js';
import { RunCommands } from './run-commands.js';
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
  /** Runs, for their workflows. */
  runs: RunStore;
  /** Runs, for people and response plans. */
  runCommands: RunCommands;
  response: ResponseStore;
  drills: DrillStore;
  /** Releases incidents that depend on people who left. */
  goneResponders: GoneResponders;
  /** Erases deleted people. */
  erasure: PersonErasure;
  notices: NoticeStore;
  /** Replies of people over channels. */
  replies: InboundReplies;
  /** Receipts of providers. */
  callbacks: DeliveryCallbacks;
  /** Pages whose receipt is overdue. */
  receipts: Receipts;
  /** Counts paid messages. */
  spend: SpendStore;
  /** SMS and calls for which providers sent callbacks. */
  phoneCallbacks: PhoneCallbacks;
  /** Event deliveries to subscriptions. */
  announced: AnnouncedEvents;
  /** Root keys of links and sealed secrets. */
  rootKeys: RootKeys;
  overrides: OverrideStore;
  swaps: SwapStore;
  /** People's own contacts. */
  contacts: ContactStore;
  /** People's rules and quiet hours. */
  preferences: PersonPreferences;
  /** Verification codes and test pages. */
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
  const runCommands = new RunCommands(dataSource, recorder, snapshots);
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
    runCommands,
    response: new ResponseStore(dataSource, recorder, snapshots, runCommands, postmortems),
    announced: new AnnouncedEvents(dataSource, ledger, leaseMs),
    overrides: new OverrideStore(dataSource, snapshots),
    swaps: new SwapStore(dataSource, snapshots),
    preferences: new PersonPreferences(dataSource, snapshots),
    contacts: new ContactStore(dataSource, snapshots, contactMessages, rootKeys[0]),
    contactMessages,
    notices: new NoticeStore(dataSource, ledger, snapshots),
    replies: new InboundReplies(dataSource, recorder, snapshots, rootKeys),
    callbacks: new DeliveryCallbacks(dataSource, paging, contactMessages),
    receipts: new Receipts(dataSource, ledger, snapshots),
    spend: new SpendStore(dataSource),
    phoneCallbacks: new PhoneCallbacks(dataSource),
    goneResponders: new GoneResponders(dataSource, recorder),
    erasure: new PersonErasure(dataSource, snapshots),
    drills: new DrillStore(dataSource, recorder, intake, snapshots),
  };
}
