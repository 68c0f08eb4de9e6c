/** Entities of all tables. `npm run check` compares them with the migrations; entities never leave `db/`. */
import { ActionItemRow } from './postmortem/entities/action-item.js';
import { AlertRow } from './alert/entities/alert.js';
import { ApiKeyRow } from './access/entities/api-key.js';
import { ApprovalRow } from './runbook/entities/approval.js';
import { ApprovalDecisionRow } from './runbook/entities/approval-decision.js';
import { AuditEntryRow } from './audit/entities/audit-entry.js';
import { AuditSealRow } from './audit/entities/audit-seal.js';
import { CalendarFeedRow } from './oncall/entities/calendar-feed.js';
import { CanaryRow } from './health/entities/canary.js';
import { CommandLogRow } from './incident/entities/command-log.js';
import { ConfigHeadRow } from './config/entities/config-head.js';
import { ConfigObjectRow } from './config/entities/config-object.js';
import { ConfigPlanRow } from './config/entities/config-plan.js';
import { ContactRow } from './people/entities/contact.js';
import { ContactCheckRow } from './people/entities/contact-check.js';
import { ContactMessageRow } from './people/entities/contact-message.js';
import { ContactStatusRow } from './people/entities/contact-status.js';
import { DeliveryRow } from './delivery/entities/delivery.js';
import { DeliveryAttemptRow } from './delivery/entities/delivery-attempt.js';
import { DigestItemRow, DigestRow } from './postmortem/entities/digest.js';
import { DrillRunRow } from './drill/entities/drill-run.js';
import { DroppedSignalRow } from './alert/entities/dropped-signal.js';
import { FormerSourceKeyRow } from './config/entities/former-source-key.js';
import { HeartbeatPingRow } from './heartbeat/entities/heartbeat-ping.js';
import { HeartbeatRow } from './health/entities/heartbeat.js';
import { InboundReplyRow } from './reply/entities/inbound-reply.js';
import { IncidentRow } from './incident/entities/incident.js';
import { IncidentEventRow } from './incident/entities/incident-event.js';
import { IngestLogRow } from './alert/entities/ingest-log.js';
import { LinkNonceRow } from './reply/entities/link-nonce.js';
import { LinkTokenRow } from './reply/entities/link-token.js';
import { MailboxMessageRow } from './delivery/entities/mailbox-message.js';
import { OutboxRow } from './incident/entities/outbox.js';
import { PaidMessageCountRow } from './delivery/entities/paid-message-count.js';
import { ParkedResolveRow } from './alert/entities/parked-resolve.js';
import { PersonRow } from './people/entities/person.js';
import { PersonPreferenceRow } from './people/entities/person-preference.js';
import { PhoneCallbackRow } from './delivery/entities/phone-callback.js';
import { PostmortemRow } from './postmortem/entities/postmortem.js';
import { PostmortemRevisionRow } from './postmortem/entities/postmortem-revision.js';
import { ProviderCallbackRow } from './delivery/entities/provider-callback.js';
import { RejectionRow } from './alert/entities/rejection.js';
import { ReviewRow } from './postmortem/entities/review.js';
import { RootKeyRow } from './access/entities/root-key.js';
import { AlertGroupRow } from './alert/entities/alert-group.js';
import { IncidentOpeningRow, StormRow } from './alert/entities/storm.js';
import { RoundRobinRow } from './escalation/entities/round-robin.js';
import { RunRow } from './runbook/entities/run.js';
import { RunStepRow } from './runbook/entities/run-step.js';
import { ScheduleOverrideRow } from './oncall/entities/schedule-override.js';
import { InhibitingAlertRow } from './alert/entities/inhibiting-alert.js';
import { MaintenanceWindowRow } from './alert/entities/maintenance-window.js';
import { SilenceRow } from './alert/entities/silence.js';
import { SessionRow } from './access/entities/session.js';
import { SetupLinkRow } from './access/entities/setup-link.js';
import { ListeningRow } from './heartbeat/entities/listening.js';
import { SourceHeartbeatRow } from './heartbeat/entities/source-heartbeat.js';
import { SourceKeyRow } from './config/entities/source-key.js';
import { SendingRateRow } from './delivery/entities/sending-rate.js';
import { SwapRequestRow } from './oncall/entities/swap-request.js';
import { PushedValueRow } from './watch/entities/pushed-value.js';
import { WatchBucketRow } from './watch/entities/watch-bucket.js';
import { WatchStateRow } from './watch/entities/watch-state.js';
import { WatchdogRow } from './health/entities/watchdog.js';
import { ZoneDataRow } from './oncall/entities/zone-data.js';

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
  DigestRow,
  DigestItemRow,
  DrillRunRow,
  DroppedSignalRow,
  FormerSourceKeyRow,
  HeartbeatPingRow,
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
  AlertGroupRow,
  RoundRobinRow,
  RunRow,
  RunStepRow,
  ScheduleOverrideRow,
  MaintenanceWindowRow,
  InhibitingAlertRow,
  SilenceRow,
  SessionRow,
  SetupLinkRow,
  ListeningRow,
  SourceHeartbeatRow,
  SourceKeyRow,
  SendingRateRow,
  SwapRequestRow,
  PushedValueRow,
  WatchBucketRow,
  WatchStateRow,
  WatchdogRow,
  ZoneDataRow,
];
