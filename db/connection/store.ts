/** Wires the access to the record. Each process creates one store. */
import type { DataSource } from 'typeorm';
import { ConfigSnapshots } from '../config/config-snapshot.js';
import { ContactMessages } from '../people/contact-messages.js';
import { type RootKeys, rootKeysOf } from '../../shared/keys.js';
import { ContactStore } from '../people/contact-store.js';
import { PersonPreferences } from '../people/person-preferences.js';
import { DeliveryCallbacks } from '../delivery/delivery-callbacks.js';
import { DrillRuns } from '../drill/drill-runs.js';
import { DrillView } from '../drill/drill-view.js';
import { DrillStarts } from '../drill/start-drill.js';
import { PersonErasure } from '../people/erase-person.js';
import { WatchView } from '../watch/watch-view.js';
import { HeartbeatView } from '../heartbeat/heartbeat-view.js';
import { Heartbeats } from '../heartbeat/heartbeats.js';
import { GoneResponders } from '../incident/gone-responders.js';
import { AlertMoves } from '../alert/move-alert.js';
import { Intake } from '../alert/intake.js';
import { Ledger } from '../delivery/ledger.js';
import { LINK_DAYS } from '../reply/link-life.js';
import { NoticeStore } from '../delivery/notice-store.js';
import { Outbox } from '../incident/outbox.js';
import { OverrideStore } from '../oncall/override-store.js';
import { DeadSteps } from '../escalation/dead-steps.js';
import { Paging } from '../escalation/paging.js';
import { PhoneCallbacks } from '../delivery/phone-callbacks.js';
import { DigestStore } from '../postmortem/digest-store.js';
import { DigestSweep } from '../postmortem/digest-sweep.js';
import { PostmortemStore } from '../postmortem/postmortem-store.js';
import { Receipts } from '../delivery/receipts.js';
import { MaintenanceStore } from '../alert/maintenance-store.js';
import { SilenceStore } from '../alert/silence-store.js';
import { Recorder } from '../incident/record.js';
import { ResponseStore } from '../incident/response-store.js';
import { RunCommands } from '../runbook/run-commands.js';
import { RunStore } from '../runbook/run-store.js';
import { AnnouncedEvents } from '../subscription/announced-events.js';
import { SpendStore } from '../delivery/spend-store.js';
import { WatchStore } from '../watch/watch-store.js';
import { SwapStore } from '../oncall/swap-store.js';

export interface Store {
  dataSource: DataSource;
  snapshots: ConfigSnapshots;
  ledger: Ledger;
  recorder: Recorder;
  paging: Paging;
  /** Escalation steps that reached nobody. */
  deadSteps: DeadSteps;
  intake: Intake;
  alertMoves: AlertMoves;
  outbox: Outbox;
  postmortems: PostmortemStore;
  /** Decisions about digests. */
  digests: DigestStore;
  /** Due work of digests. */
  digestSweep: DigestSweep;
  /** Runs, for their workflows. */
  runs: RunStore;
  /** Runs, for people and response plans. */
  runCommands: RunCommands;
  response: ResponseStore;
  /** Drills under way. */
  drills: DrillRuns;
  drillStarts: DrillStarts;
  drillView: DrillView;
  /** Releases incidents that depend on people who left. */
  goneResponders: GoneResponders;
  /** Erases deleted people. */
  erasure: PersonErasure;
  /** Sources that have to be heard from. */
  heartbeats: Heartbeats;
  heartbeatView: HeartbeatView;
  watchView: WatchView;
  notices: NoticeStore;
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
  silences: SilenceStore;
  watches: WatchStore;
  maintenance: MaintenanceStore;
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
  const deadSteps = new DeadSteps(dataSource, recorder);
  const intake = new Intake(dataSource, recorder, snapshots);
  const postmortems = new PostmortemStore(dataSource, recorder, snapshots);
  const drillView = new DrillView(dataSource, snapshots);
  const contactMessages = new ContactMessages(dataSource, rootKeys);
  const runCommands = new RunCommands(dataSource, recorder, snapshots);
  return {
    dataSource,
    rootKeys,
    snapshots,
    ledger,
    recorder,
    paging,
    deadSteps,
    intake,
    alertMoves: new AlertMoves(dataSource, recorder, snapshots),
    outbox: new Outbox(dataSource),
    postmortems,
    digests: new DigestStore(dataSource, recorder, snapshots, linkDays),
    digestSweep: new DigestSweep(dataSource, snapshots, ledger),
    runs: new RunStore(dataSource, recorder, snapshots),
    runCommands,
    response: new ResponseStore(dataSource, recorder, snapshots, runCommands, postmortems),
    announced: new AnnouncedEvents(dataSource, ledger, leaseMs),
    overrides: new OverrideStore(dataSource, snapshots),
    swaps: new SwapStore(dataSource, snapshots),
    silences: new SilenceStore(dataSource, snapshots),
    watches: new WatchStore(dataSource, intake, snapshots),
    maintenance: new MaintenanceStore(dataSource, snapshots),
    preferences: new PersonPreferences(dataSource, snapshots),
    contacts: new ContactStore(dataSource, snapshots, contactMessages, rootKeys[0]),
    contactMessages,
    notices: new NoticeStore(dataSource, ledger, snapshots),
    callbacks: new DeliveryCallbacks(dataSource, deadSteps, contactMessages),
    receipts: new Receipts(dataSource, ledger, snapshots),
    spend: new SpendStore(dataSource),
    phoneCallbacks: new PhoneCallbacks(dataSource),
    goneResponders: new GoneResponders(dataSource, recorder),
    erasure: new PersonErasure(dataSource, snapshots),
    heartbeats: new Heartbeats(dataSource, intake, snapshots),
    heartbeatView: new HeartbeatView(dataSource, snapshots),
    watchView: new WatchView(dataSource, snapshots),
    drills: new DrillRuns(dataSource, recorder, intake, drillView),
    drillStarts: new DrillStarts(dataSource, intake, snapshots),
    drillView,
  };
}
