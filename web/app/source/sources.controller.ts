/** Pages of sources. */
import { Controller, Param } from '@nestjs/common';
import { SourcesService } from '../../../services/alert/sources.service.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { sourcePage, sourcesPage } from './sources-page.js';

@Controller('sources')
export class SourcePagesController {
  constructor(private readonly sources: SourcesService) {}

  @PageRead('', { permission: 'config.read', summary: 'Sources of alerts' })
  async list(@Page() page: PageCall): Promise<void> {
    await page.show(sourcesPage(await page.context(), await this.sources.list()));
  }

  @PageRead(':name', { permission: 'config.read', summary: 'A source, and how its sender is pointed at it' })
  async show(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    await this.draw(page, name, null);
  }

  /** Answers with the page itself: the key is in no address and is shown only once. */
  @PageForm(':name/key', { permission: 'sources.manage', summary: 'Gives a source a new key', status: 200 })
  async renewKey(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    const { refusal, value } = await attempt(() => this.sources.renewKey(name, page.caller));
    if (refusal !== null) return this.draw(page, name, refusal);
    const { key, ...source } = value;
    await page.show(sourcePage(await page.context(), { source, key, flash: null }));
  }

  private async draw(page: PageCall, name: string, refusal: Refusal | null): Promise<void> {
    const source = await this.sources.get(name);
    const shown = sourcePage(await page.context(), { source, key: null, flash: refusal?.flash ?? null });
    await page.show(shown, refusal);
  }
}
