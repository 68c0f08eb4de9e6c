/**
 * Parts of a sending process, shared by pager and worker: the record, egress, and the channels with their accounts.
 */
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Channel } from '../ports/channel.js';
import { createChannels } from '../integrations/channels.js';
import type { Sender } from './send-delivery.js';
import type { Config } from '../config/environment.js';
import {
  createDataSource,
  SENDER_LOCK_TIMEOUT_MS,
  whenSchemaIsCurrent,
} from '../db/connection/data-source.js';
import { MailboxStore } from '../db/delivery/mailbox-store.js';
import { adoptRootKeyAndLog } from '../db/access/root-key.js';
import { createStore, type Store } from '../db/connection/store.js';
import { createEgress, type Egress } from '../egress/egress.js';

export interface Outbound {
  dataSource: DataSource;
  store: Store;
  egress: Egress;
  channels: Map<string, Channel>;
  sender: Sender;
  close(): Promise<void>;
}

export interface OutboundOptions {
  config: Config;
  log: Logger;
  /** Name of the process, shown by the database. */
  name: string;
  poolSize: number;
  /** Aborts the wait for a database whose schema is not there yet. */
  signal: AbortSignal;
}

/** Resolves once the database is reachable and has the schema of this release. */
export async function openOutbound({
  config,
  log,
  name,
  poolSize,
  signal,
}: OutboundOptions): Promise<Outbound> {
  const dataSource = createDataSource({
    url: config.databaseUrl,
    name,
    poolSize,
    lockTimeoutMs: SENDER_LOCK_TIMEOUT_MS,
    onIdleError: (error) => log.warn({ error }, 'a database connection was lost'),
  });
  await whenSchemaIsCurrent(dataSource, signal, (error) => log.warn({ error }, 'waiting for the database'));
  await adoptRootKeyAndLog(dataSource, config.rootKeys, log);
  const store = createStore(dataSource, config.rootKeys, {
    leaseMs: config.leaseMs,
    linkDays: config.linkDays,
  });
  const egress = createEgress({ allow: config.egressAllow });
  const contactEgress = createEgress({
    allow: config.egressAllowContacts,
    setting: 'TOCSIN_EGRESS_ALLOW_CONTACTS',
  });
  const channels = createChannels({
    egress,
    contactEgress,
    smtpUrl: config.smtpUrl,
    mailFrom: config.mailFrom,
    mailbox: new MailboxStore(dataSource, config.rootKeys),
    spend: store.spend,
    phoneCallbacks: store.phoneCallbacks,
    settings: config.channels,
    secretKey: config.secretKey,
    publicUrl: config.publicUrl,
  });
  store.ledger.setLimits((channel) => channels.get(channel)?.limits);
  return {
    dataSource,
    store,
    egress,
    channels,
    sender: { ledger: store.ledger, channels, publicUrl: config.publicUrl, leaseMs: config.leaseMs },
    async close() {
      await egress.close();
      await contactEgress.close();
      await dataSource.destroy();
    },
  };
}
