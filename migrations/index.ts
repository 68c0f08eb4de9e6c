/** Every migration in order. A list and not a glob, so that a build holds exactly what runs. */
import { TheRecord1763800000000 } from './1763800000000-the-record.js';
import { LiveData1763900000000 } from './1763900000000-live-data.js';
import { OnCall1764000000000 } from './1764000000000-on-call.js';
import { Policies1764100000000 } from './1764100000000-policies.js';
import { Contacts1764200000000 } from './1764200000000-contacts.js';
import { Inbound1764300000000 } from './1764300000000-inbound.js';
import { Phone1764350000000 } from './1764350000000-phone.js';
import { LedgerLanes1764400000000 } from './1764400000000-ledger-lanes.js';
import { Watchdogs1764500000000 } from './1764500000000-watchdogs.js';
import { Auditor1764600000000 } from './1764600000000-auditor.js';
import { AuditChain1764700000000 } from './1764700000000-audit-chain.js';
import { AcceptedLate1764820000000 } from './1764820000000-accepted-late.js';
import { DemotedAt1765020000000 } from './1765020000000-demoted-at.js';
import { OneWishPerKey1765020000001 } from './1765020000001-one-wish-per-key.js';
import { NonceUse1765040000000 } from './1765040000000-nonce-use.js';
import { OnBehalfOf1765050000000 } from './1765050000000-on-behalf-of.js';
import { RootKey1765080000000 } from './1765080000000-root-key.js';
import { NewestWords1765040000001 } from './1765040000001-newest-words.js';
import { Episodes1765010000000 } from './1765010000000-episodes.js';
import { Sessions1765050000001 } from './1765050000001-sessions.js';
import { Storm1765080000001 } from './1765080000001-storm.js';
import { BlankKeys1765080000002 } from './1765080000002-blank-keys.js';
import { RunFacts1765070000001 } from './1765070000001-run-facts.js';
import { ErasedPeople1765400000000 } from './1765400000000-erased-people.js';
import { MailboxTokens1765400000001 } from './1765400000001-mailbox-tokens.js';
import { FieldWords1765500000000 } from './1765500000000-field-words.js';
import { SentInBundle1765600000000 } from './1765600000000-sent-in-bundle.js';
import { HeldAlerts1765700000000 } from './1765700000000-held-alerts.js';
import { Watches1765720000000 } from './1765720000000-watches.js';
import { AlertGroups1765700000001 } from './1765700000001-alert-groups.js';
import { OwnerNotices1765400000002 } from './1765400000002-owner-notices.js';
import { FormerSourceKeys1765420000000 } from './1765420000000-former-source-keys.js';
import { Heartbeats1765700000000 } from './1765700000000-heartbeats.js';
import { Silences1765900000000 } from './1765900000000-silences.js';
import { Digests1765710000000 } from './1765710000000-digests.js';
import { MaintenanceWindows1765900000001 } from './1765900000001-maintenance-windows.js';
import { PagedAndRequested1766000000000 } from './1766000000000-paged-and-requested.js';
import { AlertNewest1766110000000 } from './1766110000000-alert-newest.js';
import { InhibitingAlerts1766130000000 } from './1766130000000-inhibiting-alerts.js';
import { ZoneData1766060000000 } from './1766060000000-zone-data.js';
import { Hearing1766170000000 } from './1766170000000-hearing.js';

export const migrations = [
  TheRecord1763800000000,
  LiveData1763900000000,
  OnCall1764000000000,
  Policies1764100000000,
  Contacts1764200000000,
  Inbound1764300000000,
  Phone1764350000000,
  LedgerLanes1764400000000,
  Watchdogs1764500000000,
  Auditor1764600000000,
  AuditChain1764700000000,
  AcceptedLate1764820000000,
  DemotedAt1765020000000,
  OneWishPerKey1765020000001,
  NonceUse1765040000000,
  OnBehalfOf1765050000000,
  RootKey1765080000000,
  NewestWords1765040000001,
  Episodes1765010000000,
  Sessions1765050000001,
  Storm1765080000001,
  BlankKeys1765080000002,
  RunFacts1765070000001,
  ErasedPeople1765400000000,
  MailboxTokens1765400000001,
  OwnerNotices1765400000002,
  FormerSourceKeys1765420000000,
  FieldWords1765500000000,
  SentInBundle1765600000000,
  HeldAlerts1765700000000,
  Heartbeats1765700000000,
  Silences1765900000000,
  Watches1765720000000,
  Digests1765710000000,
  MaintenanceWindows1765900000001,
  AlertGroups1765700000001,
  PagedAndRequested1766000000000,
  ZoneData1766060000000,
  AlertNewest1766110000000,
  Hearing1766170000000,
  InhibitingAlerts1766130000000,
];
