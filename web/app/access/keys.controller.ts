/** `/keys`: API keys for admins. */
import { Controller, Param } from '@nestjs/common';
import { NewKeyBody } from '../../../contracts/api/access-requests.js';
import { KeysService } from '../../../services/access/keys.service.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { parsed } from '../parsed.js';
import { keysPage, type KeysView } from './keys-page.js';

@Controller('keys')
export class KeysPagesController {
  constructor(private readonly keys: KeysService) {}

  @PageRead('', { permission: 'keys.manage', summary: 'API keys' })
  show(@Page() page: PageCall): Promise<void> {
    return this.draw(page, null, { made: null, typed: {} });
  }

  /** Answers with the page itself: the key is in no address and is shown only once. */
  @PageForm('', { permission: 'keys.manage', summary: 'Creates an API key and shows it once', status: 200 })
  async create(@Page() page: PageCall): Promise<void> {
    const typed = Object.fromEntries(
      ['name', 'role', 'team', 'expires'].map((field) => [field, page.field(field).trim()]),
    );
    const expires = page.words('expires');
    const { refusal, value } = await attempt(async () => {
      const asked = parsed(NewKeyBody, {
        name: typed['name'],
        role: typed['role'],
        ...(typed['team'] === '' ? {} : { team: typed['team'] }),
        // The key expires at the end of that day, in UTC.
        ...(expires === null ? {} : { expiresAt: `${expires}T23:59:59Z` }),
      });
      return this.keys.create(asked, page.caller.actor);
    });
    const made = value === null ? null : { key: value.key, name: value.shown.name };
    await this.draw(page, refusal, { made, typed: refusal === null ? {} : typed });
  }

  @PageForm(':id/revoke', { permission: 'keys.manage', summary: 'Revokes an API key at once' })
  async revoke(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    await this.keys.revoke(id, page.caller.actor);
    await page.seeOther('/keys');
  }

  private async draw(
    page: PageCall,
    refusal: Refusal | null,
    view: Pick<KeysView, 'made' | 'typed'>,
  ): Promise<void> {
    const context = await page.context();
    const shown = { ...view, flash: refusal?.flash ?? null, keys: await this.keys.list() };
    await page.show(keysPage(context, shown), refusal);
  }
}
