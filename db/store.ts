/** Everything a process needs of the record, wired once. Each process makes one. */
import type { DataSource } from 'typeorm';
import { ConfigSnapshots } from './config-snapshot.js';
import { DrillStore } from './drill-store.js';
import { Intake } from './intake.js';
import { Ledger } from './ledger.js';
import { Outbox } from './outbox.js';
import { Paging } from './paging.js';
import { PostmortemStore } from './postmortem-store.js';
import { Recorder } from './record.js';
import { ResponseStore } from './response-store.js';
import { RunStore } from './run-store.js';

export interface Store {
  dataSource: DataSource;
  snapshots: ConfigSnapshots;
  ledger: Ledger;
  recorder: Recorder;
  paging: Paging;
  intake: Intake;
  outbox: Outbox;
  postmortems: PostmortemStore;
  runs: RunStore;
  response: ResponseStore;
  drills: DrillStore;
}

export function createStore(dataSource: DataSource, secretKey: Buffer): Store {
  const snapshots = new ConfigSnapshots();
  const ledger = new Ledger(dataSource, secretKey);
  const recorder = new Recorder(dataSource, { ledger, snapshots });
  const paging = new Paging(dataSource, recorder, ledger, snapshots);
  const intake = new Intake(dataSource, recorder, snapshots);
  const postmortems = new PostmortemStore(dataSource, recorder, snapshots);
  const runs = new RunStore(dataSource, recorder, snapshots);
  return {
    dataSource,
    snapshots,
    ledger,
    recorder,
    paging,
    intake,
    outbox: new Outbox(dataSource),
    postmortems,
    runs,
    response: new ResponseStore(dataSource, recorder, snapshots, runs, postmortems),
    drills: new DrillStore(dataSource, recorder, intake, snapshots),
  };
}
