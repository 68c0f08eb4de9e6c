/** Entities of all tables. `npm run check` compares them with the migrations; entities never leave `db/`. */
import { ActionItemRow } from './action-item.js';
import { AlertRow } from './alert.js';
import { ApiKeyRow } from './api-key.js';
import { ApprovalRow } from './approval.js';
import { ApprovalDecisionRow } from './approval-decision.js';
import { AuditEntryRow } from './audit-entry.js';
import { AuditSealRow } from './audit-seal.js';
import { CalendarFeedRow } from './calendar-feed.js';
import { CanaryRow } from './canary.js';
import { CommandLogRow } from './command-log.js';
import { ConfigHeadRow } from './config-head.js';
import { ConfigObjectRow } from './config-object.js';
import { ConfigPlanRow } from './config-plan.js';
import { ContactRow } from './contact.js';
import { ContactCheckRow } from './contact-check.js';
import { ContactMessageRow } from './contact-message.js';
import { ContactStatusRow } from './contact-status.js';
import { DeliveryRow } from './delivery.js';
import { DeliveryAttemptRow } from './delivery-attempt.js';
import { DrillRunRow } from './drill-run.js';
import { DroppedSignalRow } from './dropped-signal.js';
import { FormerSourceKeyRow } from './former-source-key.js';
import { HeartbeatRow } from './heartbeat.js';
import { InboundReplyRow } from './inbound-reply.js';
import { IncidentRow } from './incident.js';
import { IncidentEventRow } from './incident-event.js';
import { IngestLogRow } from './ingest-log.js';
import { LinkNonceRow } from './link-nonce.js';
import { LinkTokenRow } from './link-token.js';
import { MailboxMessageRow } from './mailbox-message.js';
import { OutboxRow } from './outbox.js';
import { PaidMessageCountRow } from './paid-message-count.js';
import { ParkedResolveRow } from './parked-resolve.js';
import { PersonRow } from './person.js';
import { PersonPreferenceRow } from './person-preference.js';
import { PhoneCallbackRow } from './phone-callback.js';
import { PostmortemRow } from './postmortem.js';
import { PostmortemRevisionRow } from './postmortem-revision.js';
import { ProviderCallbackRow } from './provider-callback.js';
import { RejectionRow } from './rejection.js';
import { ReviewRow } from './review.js';
import { RootKeyRow } from './root-key.js';
import { IncidentOpeningRow, StormRow } from './storm.js';
import { RoundRobinRow } from './round-robin.js';
import { RunRow } from './run.js';
import { RunStepRow } from './run-step.js';
import { ScheduleOverrideRow } from './schedule-override.js';
import { SessionRow } from './session.js';
import { SetupLinkRow } from './setup-link.js';
import { SourceKeyRow } from './source-key.js';
import { SendingRateRow } from './sending-rate.js';
import { SwapRequestRow } from './swap-request.js';
import { WatchdogRow } from './watchdog.js';

export const entities = [
  ActionItemRow,
  AlertRow,
  ApiKeyRow,
  ApprovalRow,
  ApprovalDecisionRow,
  AuditEntryRow,
  AuditSealRow,
  CalendarFeedRow,
  CanaryRow,
  CommandLogRow,
  ConfigHeadRow,
  ConfigObjectRow,
  ConfigPlanRow,
  ContactRow,
  ContactCheckRow,
  ContactMessageRow,
  ContactStatusRow,
  DeliveryRow,
  DeliveryAttemptRow,
  DrillRunRow,
  DroppedSignalRow,
  FormerSourceKeyRow,
  HeartbeatRow,
  InboundReplyRow,
  IncidentRow,
  IncidentEventRow,
  IngestLogRow,
  LinkNonceRow,
  LinkTokenRow,
  MailboxMessageRow,
  OutboxRow,
  PaidMessageCountRow,
  ParkedResolveRow,
  PersonRow,
  PersonPreferenceRow,
  PhoneCallbackRow,
  PostmortemRow,
  PostmortemRevisionRow,
  ProviderCallbackRow,
  RejectionRow,
  ReviewRow,
  RootKeyRow,
  IncidentOpeningRow,
  StormRow,
  RoundRobinRow,
  RunRow,
  RunStepRow,
  ScheduleOverrideRow,
  SessionRow,
  SetupLinkRow,
  SourceKeyRow,
  SendingRateRow,
  SwapRequestRow,
  WatchdogRow,
];
