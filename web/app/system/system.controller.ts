/** Page of Tocsin's own state. */
import { Controller } from '@nestjs/common';
import { SystemService } from '../../../services/system/system.service.js';
import { PageCall } from '../page-call.js';
import { Page, PageRead } from '../page-route.js';
import { systemPage } from './system-page.js';

@Controller('system')
export class SystemPagesController {
  constructor(private readonly system: SystemService) {}

  @PageRead('', { permission: 'incidents.read', summary: 'Processes and self-monitoring of Tocsin' })
  async show(@Page() page: PageCall): Promise<void> {
    await page.show(systemPage(await page.context(), await this.system.status()));
  }
}
