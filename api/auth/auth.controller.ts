/** API keys and one-time links, as machines and admins ask for them. The pages behind the links are HTML. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Identity } from '../common/identity.js';
import { forbidden } from '../common/problem.js';
import { Caller, Documented, Permission, TeamKeys } from '../common/route.js';
import {
  KeysReply,
  LinkReply,
  NewKeyBody,
  NewKeyReply,
  SetupLinkBody,
  SignInLinkBody,
  SetupLinkReply,
} from './auth.schemas.js';
import { KeysService } from './keys.service.js';
import { SetupService } from './setup.service.js';

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
    summary: 'Makes an API key; the key is shown this once',
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
    summary: 'A one-time link to become the first admin, or to sign an admin in; admin token only',
    reply: SetupLinkReply,
  })
  async setupLink(@Body({ schema: SetupLinkBody }) body: SetupLinkBody, @Caller() caller: Identity) {
    if (caller.kind !== 'admin-token')
      throw forbidden('This takes TOCSIN_ADMIN_TOKEN; admins make sign-in links.');
    return this.setup.setupLink(caller.actor, body.person ?? null);
  }

  @Post('sign-in-links')
  @HttpCode(201)
  @Permission('people.manage')
  @Documented({
    tag: 'Access',
    summary: 'A link that signs a person in once, within 15 minutes',
    reply: LinkReply,
    status: 201,
  })
  async signInLink(@Body({ schema: SignInLinkBody }) body: SignInLinkBody, @Caller() caller: Identity) {
    return { url: await this.setup.signInLink(caller, body.person) };
  }

  @Get('me')
  @Permission('session')
  @TeamKeys('self')
  @Documented({ tag: 'Access', summary: 'Who the credential says you are' })
  me(@Caller() { kind, actor, person, role, team }: Identity) {
    return { kind, actor, person, role, team };
  }
}
