/** Queries about incidents: the list, and of one incident its timeline, deliveries, answers, runs and who is paged next. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Page } from '../../db/connection/page.js';
import { type DeliveryReply, listDeliveries } from '../../db/delivery/delivery-view.js';
import { getWhy, type Why } from '../../db/delivery/why-view.js';
import { readPositions } from '../../db/escalation/round-robin.js';
import { type Answers, getAnswers } from '../../db/incident/answers-view.js';
import { countOpen, type IncidentFilter, listIncidents } from '../../db/incident/incident-list.js';
import type { IncidentReply } from '../../db/incident/incident-reply.js';
import { getState } from '../../db/incident/incident-view.js';
import {
  getNewest,
  getTimeline,
  type TimelineItem,
  type TimelineQuestion,
} from '../../db/incident/timeline-view.js';
import { listRuns, type RunView } from '../../db/runbook/run-view.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { type EscalationPreview, previewOf } from '../escalation/escalation-preview.js';

export type { AlertReply } from '../../db/alert/alert-view.js';
export type { DeliveryReply } from '../../db/delivery/delivery-view.js';
export type { Why } from '../../db/delivery/why-view.js';
export type { Answers } from '../../db/incident/answers-view.js';
export type { IncidentReply } from '../../db/incident/incident-reply.js';
export type { IncidentDetail } from '../../db/incident/incident-view.js';
export type { TimelineItem } from '../../db/incident/timeline-view.js';

@Injectable()
export class IncidentQueries {
  constructor(private readonly db: DataSource) {}

  list(filter: IncidentFilter): Promise<Page<IncidentReply>> {
    return listIncidents(this.db, filter);
  }

  countOpen(): Promise<number> {
    return countOpen(this.db);
  }

  timeline(incidentId: string, question: TimelineQuestion): Promise<Page<TimelineItem>> {
    return getTimeline(this.db, incidentId, question);
  }

  /** The last results of diagnostics, newest first. */
  diagnostics(incidentId: string): Promise<TimelineItem[]> {
    return getNewest(this.db, incidentId, ['diagnostic_finished']);
  }

  deliveries(
    incidentId: string,
    question: { limit?: number; cursor?: string; type?: string | undefined },
  ): Promise<Page<DeliveryReply>> {
    return listDeliveries(this.db, incidentId, question);
  }

  answers(incidentId: string): Promise<Answers> {
    return getAnswers(this.db, incidentId);
  }

  runs(incidentId: string): Promise<RunView[]> {
    return listRuns(this.db, incidentId);
  }

  /** Why everybody whom a step or a message names was paged or not; before them the reader, also when nothing names them. */
  async explanations(incidentId: string, reader: string | null, snapshot: ConfigSnapshot): Promise<Why[]> {
    const named = await getWhy(this.db, incidentId, null, snapshot);
    if (reader === null || named.some(({ person }) => person === reader)) return named;
    return [...(await getWhy(this.db, incidentId, [reader], snapshot)), ...named];
  }

  /** People whom each escalation pages next, by the configuration at `now`. */
  async nextPages(incidentId: string, snapshot: ConfigSnapshot, now: string): Promise<EscalationPreview[]> {
    const found = await getState(this.db, incidentId);
    if (found === null) return [];
    const positions = await readPositions(this.db, { isDrill: found.state.drill !== null });
    return previewOf(found.state, found.response, snapshot, now, positions);
  }
}
