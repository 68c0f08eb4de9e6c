/** Page of maintenance windows and its forms. */
import { Controller, Param } from '@nestjs/common';
import { WindowBody } from '../../../contracts/api/maintenance.js';
import { MaintenanceService } from '../../../services/alert/maintenance.service.js';
import type { Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { momentOf, parsed } from '../parsed.js';
import { maintenancePage } from './maintenance-page.js';

const TYPED = ['services', 'from', 'to', 'rrule', 'duration', 'reviewBy', 'reason'];
const OVER_SHOWN = 50;

@Controller('maintenance')
export class MaintenancePagesController {
  constructor(private readonly maintenance: MaintenanceService) {}

  @PageRead('', { permission: 'incidents.read', summary: 'Maintenance windows: in force, coming, past' })
  show(@Page() page: PageCall): Promise<void> {
    return this.draw(page);
  }

  @PageForm('', { permission: 'alerts.silence', summary: 'Makes a maintenance window' })
  async add(@Page() page: PageCall): Promise<void> {
    const { zone } = (await page.context()).viewing;
    await page.submit(
      async () => {
        const rrule = page.words('rrule');
        const at = (name: string): string | undefined =>
          page.words(name) === null ? undefined : momentOf(page.field(name), name, zone);
        const body = parsed(WindowBody, {
          services: page
            .field('services')
            .split(/[\s,]+/)
            .filter((name) => name !== ''),
          reason: page.field('reason').trim(),
          ...(rrule === null
            ? { from: at('from'), to: at('to') }
            : {
                rrule,
                from: page.words('from') ?? undefined,
                duration: page.words('duration') ?? undefined,
                timezone: zone,
                reviewBy: at('reviewBy'),
              }),
        });
        await this.maintenance.add(body, page.caller, { id: page.formId() });
      },
      '/maintenance',
      (refusal) => this.draw(page, refusal),
    );
  }

  @PageForm(':id/end', { permission: 'alerts.silence', summary: 'Ends a maintenance window' })
  end(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return page.submit(
      () => this.maintenance.end(id, page.caller),
      '/maintenance',
      (refusal) => this.draw(page, refusal),
    );
  }

  private async draw(page: PageCall, refusal: Refusal | null = null): Promise<void> {
    const { items } = await this.maintenance.list({ limit: OVER_SHOWN });
    const shown = maintenancePage(await page.context(), {
      toCome: await this.maintenance.toCome(),
      over: items.filter(({ state }) => state === 'over'),
      flash: refusal?.flash ?? null,
      typed: page.fields(TYPED),
    });
    await page.show(shown, refusal);
  }
}
