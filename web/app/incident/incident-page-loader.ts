/** Reads everything that the page of one incident shows. */
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ReactElement } from 'react';
import { LinkStore } from '../../../db/reply/link-store.js';
import type { Store } from '../../../db/connection/store.js';
import { getAnswers } from '../../../db/incident/answers-view.js';
import { listDeliveries } from '../../../db/delivery/delivery-view.js';
import { getState } from '../../../db/people/reader-view.js';
import { listRuns } from '../../../db/runbook/run-view.js';
import { getWhy } from '../../../db/delivery/why-view.js';
import { readPositions } from '../../../db/escalation/round-robin.js';
import { getTimeline } from '../../../db/incident/timeline-view.js';
import type { Identity } from '../../../services/common/identity.js';
import { STORE } from '../../../services/common/tokens.js';
import { IncidentsService } from '../../../services/incident/incidents.service.js';
import { previewOf } from '../../../services/escalation/escalation-preview.js';
import { diagnosticsOf } from '../../ui/incident-parts.js';
import type { Flash } from '../../ui/notice.js';
import { PageContexts } from '../page-contexts.js';
import { incidentPage } from './incident-page.js';

const EVENTS_SHOWN = 60;
const DELIVERIES_SHOWN = 100;

@Injectable()
export class IncidentPageLoader {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly contexts: PageContexts,
    private readonly incidents: IncidentsService,
    private readonly links: LinkStore,
  ) {}

  async page(
    number: string,
    caller: Identity,
    request: FastifyRequest,
    { before, flash }: { before: string | null; flash: Flash | null },
  ): Promise<ReactElement> {
    const { dataSource } = this.store;
    const incident = await this.incidents.get(number);
    const context = await this.contexts.context(request, caller);
    const whole = await getState(dataSource, incident.id);
    const timeline = await getTimeline(dataSource, incident.id, {
      limit: EVENTS_SHOWN,
      newestFirst: true,
      ...(before === null ? {} : { cursor: before }),
    });
    const positions = await readPositions(dataSource, {
      isDrill: whole !== null && whole.state.drill !== null,
    });
    const explanations = await getWhy(dataSource, incident.id, null, context.snapshot);
    const own =
      caller.person === null || explanations.some((why) => why.person === caller.person)
        ? []
        : [caller.person];
    const ownWhy = await getWhy(dataSource, incident.id, own, context.snapshot);
    const deliveries = await listDeliveries(dataSource, incident.id, { limit: DELIVERIES_SHOWN });
    return incidentPage(context, {
      incident,
      previews:
        whole === null
          ? []
          : previewOf(whole.state, whole.response, context.snapshot, context.viewing.now, positions),
      runs: await listRuns(dataSource, incident.id),
      diagnostics: diagnosticsOf(await this.links.diagnostics(incident.id)),
      timeline: timeline.items,
      older: timeline.next,
      deliveries: deliveries.items,
      answers: await getAnswers(dataSource, incident.id),
      explanations: [...ownWhy, ...explanations],
      flash,
    });
  }
}
