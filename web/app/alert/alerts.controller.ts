/** Pages of alerts: the list, one alert, and what people do with it. */
import { Controller, Param } from '@nestjs/common';
import { z } from 'zod';
import { AlertsQuery } from '../../../contracts/api/alert.js';
import { AlertMovesService } from '../../../services/alert/alert-moves.service.js';
import { AlertQueries } from '../../../services/alert/alert-queries.service.js';
import { invalid } from '../../../services/common/problem.js';
import { IncidentQueries } from '../../../services/incident/incident-queries.service.js';
import { IncidentsService } from '../../../services/incident/incidents.service.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { parsed } from '../parsed.js';
import { alertPage } from './alert-page.js';
import { type AlertFilters, alertsPage, STATES } from './alerts-page.js';

const TARGETS = 50;

const Into = z.object({ into: z.string().regex(/^INC-\d{1,15}$/i, { error: 'a number such as INC-42' }) });

@Controller('alerts')
export class AlertPagesController {
  constructor(
    private readonly alerts: AlertQueries,
    private readonly moves: AlertMovesService,
    private readonly incidents: IncidentsService,
    private readonly queries: IncidentQueries,
  ) {}

  @PageRead('', { permission: 'incidents.read', summary: 'Alerts, newest first, with filters' })
  async list(@Page() page: PageCall): Promise<void> {
    const filters = filtersOf(page);
    const { refusal, value } = await attempt(async () => {
      const cursor = page.query('cursor') ?? undefined;
      return this.alerts.list(parsed(AlertsQuery, queryOf(filters, cursor)));
    });
    const incident =
      refusal !== null || filters.incident === ''
        ? null
        : (await this.incidents.get(filters.incident)).number;
    const shown = alertsPage(await page.context(), {
      alerts: value?.items ?? [],
      next: value?.next ?? null,
      filters,
      incident,
      flash: refusal?.flash ?? null,
    });
    await page.show(shown, refusal);
  }

  @PageRead(':id', { permission: 'incidents.read', summary: 'One alert, with every decision about it' })
  show(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return this.draw(page, id, null);
  }

  @PageForm(':id/split', {
    permission: 'incidents.respond',
    summary: 'Splits an alert off into an incident of its own, which pages',
  })
  split(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return page.submit(
      () => this.moves.move(id, null, page.caller),
      ({ number }) => `/incidents/${number}`,
      (refusal) => this.draw(page, id, refusal),
    );
  }

  @PageForm(':id/move', {
    permission: 'incidents.respond',
    summary: 'Moves an alert to another open incident',
  })
  move(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return page.submit(
      async () => this.moves.move(id, parsed(Into, { into: page.field('into').trim() }).into, page.caller),
      ({ number }) => `/incidents/${number}`,
      (refusal) => this.draw(page, id, refusal),
    );
  }

  private async draw(page: PageCall, id: string, refusal: Refusal | null): Promise<void> {
    const alert = await this.alerts.get(id);
    const isMovable = alert.status === 'open' && alert.incident !== null && !alert.drill;
    const open = isMovable
      ? await this.queries.list({ status: ['triggered', 'acknowledged'], limit: TARGETS })
      : { items: [] };
    const targets = open.items.filter(({ id: one, drill }) => one !== alert.incident && !drill);
    const shown = alertPage(await page.context(), {
      alert,
      targets,
      flash: refusal?.flash ?? null,
      typed: page.fields(['into']),
    });
    await page.show(shown, refusal);
  }
}

function filtersOf(page: PageCall): AlertFilters {
  const [state = '', service = '', source = '', text = '', incident = ''] = [
    'state',
    'service',
    'source',
    'text',
    'incident',
  ].map((name) => page.query(name)?.trim() ?? '');
  return { state, service, source, text, incident };
}

function queryOf({ state, ...filters }: AlertFilters, cursor: string | undefined): unknown {
  if (!STATES.some(({ value }) => value === state))
    throw invalid('State: open, held or closed.', [{ path: 'state', message: 'open, held or closed' }]);
  return {
    ...Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== '')),
    ...(state === 'held' ? { held: 'true' } : {}),
    ...(state === 'open' || state === 'closed' ? { status: state } : {}),
    ...(cursor === undefined ? {} : { cursor }),
  };
}
