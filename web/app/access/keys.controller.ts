/** `/keys`: API keys for admins. */
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NewKeyBody } from '../../../contracts/api/access-requests.js';
import { KeysService } from '../../../services/access/keys.service.js';
import type { Identity } from '../../../services/common/identity.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { fieldOf, wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { attempt } from '../attempt.js';
import { PageContexts } from '../page-contexts.js';
import { keysPage, type KeysView } from './keys-page.js';
import { parsed } from '../parsed.js';

@Controller('keys')
export class KeysPagesController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly keys: KeysService,
  ) {}

  @Get()
  @Permission('keys.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'API keys' })
  show(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.draw({ caller, request, reply }, 200, { made: null, flash: null, typed: {} });
  }

  /** Answers with the page itself: the key is in no address and is shown only once. */
  @Post()
  @Permission('keys.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Creates an API key and shows it once', status: 200 })
  async create(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    const typed = Object.fromEntries(
      ['name', 'role', 'team', 'expires'].map((field) => [field, fieldOf(body, field).trim()]),
    );
    const expires = wordsOf(body, 'expires');
    const { refusal, value } = await attempt(async () => {
      const asked = parsed(NewKeyBody, {
        name: typed['name'],
        role: typed['role'],
        ...(typed['team'] === '' ? {} : { team: typed['team'] }),
        // The key expires at the end of that day, in UTC.
        ...(expires === null ? {} : { expiresAt: `${expires}T23:59:59Z` }),
      });
      return this.keys.create(asked, caller.actor);
    });
    const made = value === null ? null : { key: value.key, name: value.shown.name };
    await this.draw({ caller, request, reply }, refusal?.status ?? 200, {
      made,
      flash: refusal?.flash ?? null,
      typed: refusal === null ? {} : typed,
    });
  }

  @Post(':id/revoke')
  @Permission('keys.manage')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Revokes an API key at once', status: 303 })
  async revoke(
    @Param('id') id: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    await this.keys.revoke(id, caller.actor);
    await seeOther(reply, '/keys');
  }

  private async draw(
    { caller, request, reply }: { caller: Identity; request: FastifyRequest; reply: FastifyReply },
    status: number,
    view: Omit<KeysView, 'keys'>,
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    await sendAppPage(reply, status, keysPage(context, { ...view, keys: await this.keys.list() }));
  }
}
