/** Reads everything that the page of one incident shows, and answers the forms on it. */
import { Injectable } from '@nestjs/common';
import { IncidentQueries } from '../../../services/incident/incident-queries.service.js';
import { MaintenanceService } from '../../../services/alert/maintenance.service.js';
import { SilencesService } from '../../../services/alert/silences.service.js';
import { WatchesService } from '../../../services/watch/watches.service.js';
import { IncidentsService } from '../../../services/incident/incidents.service.js';
import { diagnosticsOf } from '../../ui/diagnostic-list.js';
import type { Refusal } from '../attempt.js';
import type { PageCall } from '../page-call.js';
import { incidentPage } from './incident-page.js';

const EVENTS_SHOWN = 60;
const DELIVERIES_SHOWN = 100;

@Injectable()
export class IncidentPageLoader {
  constructor(
    private readonly incidents: IncidentsService,
    private readonly queries: IncidentQueries,
    private readonly silences: SilencesService,
    private readonly maintenance: MaintenanceService,
    private readonly watches: WatchesService,
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
    const { queries } = this;
    const incident = await this.incidents.get(number);
    const { id } = incident;
    const context = await page.context();
    const { now, you } = context.viewing;
    const timeline = await queries.timeline(id, {
      limit: EVENTS_SHOWN,
      newestFirst: true,
      ...(before === null ? {} : { cursor: before }),
    });
    const deliveries = await queries.deliveries(id, { limit: DELIVERIES_SHOWN });
    const shown = incidentPage(context, {
      incident,
      previews: await queries.nextPages(id, context.snapshot, now),
      runs: await queries.runs(id),
      diagnostics: diagnosticsOf(await queries.diagnostics(id)),
      timeline: timeline.items,
      older: timeline.next,
      deliveries: deliveries.items,
      answers: await queries.answers(id),
      silences: await this.silences.ofIncident(number),
      windows: incident.service === null ? [] : await this.maintenance.ofService(incident.service),
      pictures: await this.watches.ofIncident(incident),
      explanations: await queries.explanations(id, you, context.snapshot),
      flash: refusal?.flash ?? null,
    });
    await page.show(shown, refusal);
  }
}
