/** REST routes for API keys and one-time links. The pages behind the links are HTML. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Identity } from '../../services/common/identity.js';
import { forbidden } from '../../services/common/problem.js';
import { Caller, Documented, Permission, TeamKeys } from '../../http/route.js';
import {
  KeysReply,
  LinkReply,
  NewKeyBody,
  NewKeyReply,
  SetupLinkBody,
  SignInLinkBody,
  SetupLinkReply,
} from '../../contracts/api/access-requests.js';
import { KeysService } from '../../services/access/keys.service.js';
import { SetupService } from '../../services/access/setup.service.js';

@Controller('api/v1')
export class AuthController {
  constructor(
    private readonly keys: KeysService,
    private readonly setup: SetupService,
  ) {}

  @Get('keys')
  @Permission('keys.manage')
  @Documented({ tag: 'Access', summary: 'API keys, without their secrets', reply: KeysReply })
  async list() {
    return { items: await this.keys.list(), next: null };
  }

  @Post('keys')
  @Permission('keys.manage')
  @Documented({
    tag: 'Access',
    summary: 'Creates an API key; the key is shown only in this reply',
    reply: NewKeyReply,
    status: 201,
  })
  async create(@Body({ schema: NewKeyBody }) body: NewKeyBody, @Caller() caller: Identity) {
    const { key, shown } = await this.keys.create(body, caller.actor);
    return { ...shown, key };
  }

  @Delete('keys/:id')
  @HttpCode(204)
  @Permission('keys.manage')
  @Documented({ tag: 'Access', summary: 'Revokes an API key at once', status: 204 })
  async revoke(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
    await this.keys.revoke(id, caller.actor);
  }

  @Post('setup-link')
  @HttpCode(200)
  @Permission('people.manage')
  @Documented({
    tag: 'Access',
    summary: 'Creates a one-time link for the first admin, or a sign-in link for an admin; admin token only',
    reply: SetupLinkReply,
  })
  async setupLink(@Body({ schema: SetupLinkBody }) body: SetupLinkBody, @Caller() caller: Identity) {
    if (caller.kind !== 'admin-token')
      throw forbidden(
        'This route needs TOCSIN_ADMIN_TOKEN; admins create sign-in links with POST /api/v1/sign-in-links.',
      );
    return this.setup.setupLink(caller.actor, body.person ?? null);
  }

  @Post('sign-in-links')
  @HttpCode(201)
  @Permission('people.manage')
  @Documented({
    tag: 'Access',
    summary: 'Creates a sign-in link for a person; it works once, for 15 minutes',
    reply: LinkReply,
    status: 201,
  })
  async signInLink(@Body({ schema: SignInLinkBody }) body: SignInLinkBody, @Caller() caller: Identity) {
    return { url: await this.setup.signInLink(caller, body.person) };
  }

  @Get('me')
  @Permission('session')
  @TeamKeys('self')
  @Documented({ tag: 'Access', summary: 'The identity of the caller' })
  me(@Caller() { kind, actor, person, role, team }: Identity) {
    return { kind, actor, person, role, team };
  }
}
