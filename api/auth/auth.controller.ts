/** API keys and one-time links, as machines and admins ask for them. The pages behind the links are HTML. */
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { AccessStore } from '../../db/access-store.js';
import type { Store } from '../../db/store.js';
import type { Identity } from '../common/identity.js';
import { forbidden, invalid, notFound, Problem } from '../common/problem.js';
import { Caller, Documented, Permission, TeamKeys } from '../common/route.js';
import { STORE } from '../common/tokens.js';
import {
  KeysReply,
  LinkReply,
  NewKeyBody,
  NewKeyReply,
  SetupLinkBody,
  SignInLinkBody,
} from './auth.schemas.js';
import { SetupService } from './setup.service.js';

@Controller('api/v1')
export class AuthController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly access: AccessStore,
    private readonly setup: SetupService,
  ) {}

  @Get('keys')
  @Permission('keys.manage')
  @Documented({ tag: 'Access', summary: 'API keys, without their secrets', reply: KeysReply })
  async list() {
    return { items: await this.access.listKeys(), next: null };
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
    if (body.expiresAt !== undefined && Date.parse(body.expiresAt) <= Date.now()) {
      throw new Problem(400, 'invalid_request', 'expiresAt has passed already.', {
        errors: [{ path: 'expiresAt', message: 'must be in the future' }],
      });
    }
    const { name, role, team, expiresAt } = body;
    await this.requireKnownTeam(team);
    const { key, shown } = await this.access.createKey({
      name,
      role,
      team: team ?? null,
      expiresAt: expiresAt ?? null,
      actor: caller.actor,
    });
    return { ...shown, key };
  }

  @Delete('keys/:id')
  @HttpCode(204)
  @Permission('keys.manage')
  @Documented({ tag: 'Access', summary: 'Revokes an API key at once', status: 204 })
  async revoke(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
    if (!(await this.access.revokeKey(id, caller.actor))) throw notFound(`There is no API key ${id}.`);
  }

  @Post('setup-link')
  @HttpCode(200)
  @Permission('people.manage')
  @Documented({
    tag: 'Access',
    summary: 'A one-time link to become the first admin, or to sign an admin in; admin token only',
    reply: LinkReply,
  })
  async setupLink(@Body({ schema: SetupLinkBody }) body: SetupLinkBody, @Caller() caller: Identity) {
    if (caller.kind !== 'admin-token')
      throw forbidden('This takes TOCSIN_ADMIN_TOKEN; admins make sign-in links.');
    return { url: await this.setup.setupLink(caller.actor, body.person ?? null) };
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
    return { url: await this.setup.signInLink(caller.actor, body.person) };
  }

  @Get('me')
  @Permission('session')
  @TeamKeys('self')
  @Documented({ tag: 'Access', summary: 'Who the credential says you are' })
  me(@Caller() { kind, actor, person, role, team }: Identity) {
    return { kind, actor, person, role, team };
  }

  private async requireKnownTeam(team: string | undefined): Promise<void> {
    const snapshot = await this.store.snapshots.latest(this.store.dataSource);
    if (team === undefined || snapshot.get('Team', team) !== undefined) return;
    throw invalid(`There is no team ${team}.`, [{ path: 'team', message: `there is no team "${team}"` }]);
  }
}
