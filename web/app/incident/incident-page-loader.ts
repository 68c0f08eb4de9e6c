/** Reads everything that the page of one incident shows, and answers the forms on it. */
import { Inject, Injectable } from '@nestjs/common';
import { LinkStore } from '../../../db/reply/link-store.js';
import type { Store } from '../../../db/connection/store.js';
import { getAnswers } from '../../../db/incident/answers-view.js';
import { listDeliveries } from '../../../db/delivery/delivery-view.js';
import { getState } from '../../../db/people/reader-view.js';
import { listRuns } from '../../../db/runbook/run-view.js';
import { getWhy } from '../../../db/delivery/why-view.js';
import { readPositions } from '../../../db/escalation/round-robin.js';
import { getTimeline } from '../../../db/incident/timeline-view.js';
import { STORE } from '../../../services/common/tokens.js';
import { IncidentsService } from '../../../services/incident/incidents.service.js';
import { previewOf } from '../../../services/escalation/escalation-preview.js';
import { diagnosticsOf } from '../../ui/incident-parts.js';
import type { Refusal } from '../attempt.js';
import type { PageCall } from '../page-call.js';
import { incidentPage } from './incident-page.js';

const EVENTS_SHOWN = 60;
const DELIVERIES_SHOWN = 100;

@Injectable()
export class IncidentPageLoader {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly incidents: IncidentsService,
    private readonly links: LinkStore,
  ) {}

  /** Does what a form of this page asks; a refusal is shown above the incident as it is now. */
  submit(page: PageCall, number: string, work: () => Promise<unknown>): Promise<void> {
    return page.submit(work, `/incidents/${encodeURIComponent(number)}`, (refusal) =>
      this.show(page, number, { before: null, refusal }),
    );
  }

  async show(
    page: PageCall,
    number: string,
    { before, refusal }: { before: string | null; refusal: Refusal | null },
  ): Promise<void> {
    const { dataSource } = this.store;
    const incident = await this.incidents.get(number);
    const { caller } = page;
    const context = await page.context();
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
    const shown = incidentPage(context, {
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
      flash: refusal?.flash ?? null,
    });
    await page.show(shown, refusal);
  }
}
