/** Pages of signing in by one-time links and signing out, and the stylesheet. */
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Config } from '../../../config/environment.js';
import { slug } from '../../../contracts/config/fields.js';
import { SessionStore } from '../../../db/access/session-store.js';
import type { Store } from '../../../db/connection/store.js';
import { sessionCookie } from '../../../http/auth/cookies.js';
import { MailSignIn } from '../../../services/access/mail-sign-in.js';
import { isForeign } from '../../../http/auth/same-site.js';
import { SetupService } from '../../../services/access/setup.service.js';
import { forbidden, notFound } from '../../../services/common/problem.js';
import { Documented, PageRoute, Permission, TokenRoute } from '../../../http/route.js';
import { CONFIG, STORE } from '../../../services/common/tokens.js';
import { clientOf } from '../../../http/limits/client.js';
import { fieldOf, wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { icon } from '../../ui/icon.js';
import { appCss, appCssPath } from '../../styles/styles.js';
import type { Flash } from '../../ui/notice.js';
import { SIGN_IN_MINUTES } from '../../../domain/people/limits.js';
import { deadSetupPage, ownZone, setupPage, signInPage } from './access-pages.js';
import { attempt } from '../attempt.js';
import { PageContexts } from '../page-contexts.js';
import { parsed } from '../parsed.js';

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const NewAdminForm = z.object({
  name: slug,
  displayName: z.string().min(1, 'enter the name that others see').max(200),
  email: z.email('is not an email address').max(254),
  timezone: z.string().refine(isZone, 'is not a time zone such as Europe/Berlin'),
});

const MailForm = z.object({ email: z.email('is not an email address').max(254) });

const MAILED: Flash = {
  tone: 'good',
  title: 'If this address is known here, a sign-in link is on its way',
  detail: `It works once, for ${SIGN_IN_MINUTES} minutes. Nothing came? Ask an admin for a link.`,
};

@Controller()
export class AccessPagesController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(STORE) private readonly store: Store,
    private readonly sessions: SessionStore,
    private readonly mail: MailSignIn,
    private readonly setup: SetupService,
    private readonly contexts: PageContexts,
  ) {}

  @Get('sign-in')
  @Permission('public')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'The sign-in page' })
  async signIn(@Res() reply: FastifyReply, @Query('to') to?: unknown): Promise<void> {
    const asked = typeof to === 'string' && to !== '/' && to !== '';
    await sendAppPage(
      reply,
      200,
      signInPage(asked ? { tone: 'info', title: 'Sign in to see this page.' } : null, this.mail.isSetUp),
    );
  }

  /** The reply is the same for every address. */
  @Post('sign-in')
  @HttpCode(200)
  @Permission('public')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Mails a sign-in link to an address that is known here', status: 200 })
  async mailLink(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.requireOwnSite(request);
    const { refusal } = await attempt(async () => {
      const { email } = parsed(MailForm, { email: fieldOf(body, 'email').trim() });
      this.mail.ask(email, clientOf(request.ip));
    });
    await sendAppPage(
      reply,
      refusal?.status ?? 200,
      signInPage(refusal?.flash ?? MAILED, this.mail.isSetUp, fieldOf(body, 'email')),
    );
  }

  @Get('setup/:token')
  @Permission('public')
  @PageRoute()
  @TokenRoute('setup')
  @Documented({ tag: 'Pages', summary: 'The page of a one-time link; a GET does not use it up' })
  async show(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    await this.draw(token, reply, 200, null, {});
  }

  @Post('setup/:token')
  @Permission('public')
  @PageRoute()
  @TokenRoute('setup')
  @Documented({ tag: 'Pages', summary: 'Uses a one-time link', status: 303 })
  async redeem(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.requireOwnSite(request);
    const typed = Object.fromEntries(
      ['name', 'displayName', 'email', 'timezone'].map((name) => [name, fieldOf(body, name).trim()]),
    );
    const { refusal, value: cookie } = await attempt(async () => {
      const link = await this.setup.look(token);
      const admin =
        link?.purpose === 'first-admin'
          ? parsed(NewAdminForm, { ...typed, timezone: wordsOf(body, 'timezone') ?? ownZone() })
          : null;
      const { session } = await this.setup.redeem(token, admin, request.headers['user-agent'] ?? null);
      return sessionCookie(this.config, session);
    });
    if (refusal !== null) return this.draw(token, reply, refusal.status, refusal.flash, typed);
    void reply.header('set-cookie', cookie);
    await seeOther(reply, '/');
  }

  @Post('sign-out')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Ends the session', status: 303 })
  async signOut(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    const { identity } = request;
    if (identity?.person != null && identity.session !== undefined)
      await this.sessions.end(identity.person, { id: identity.session }, identity.actor);
    void reply.header('set-cookie', sessionCookie(this.config, null));
    await seeOther(reply, '/sign-in');
  }

  @Get('assets/:file')
  @Permission('public')
  @Documented({ tag: 'Pages', summary: 'The stylesheet of the pages' })
  async asset(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    if (`/assets/${file}` !== appCssPath) throw notFound('There is no such file.');
    await reply
      .type('text/css; charset=utf-8')
      .header('cache-control', 'public, max-age=31536000, immutable')
      .send(appCss);
  }

  @Get('favicon.ico')
  @Permission('public')
  @Documented({ tag: 'Pages', summary: 'The icon of the pages' })
  async icon(@Res() reply: FastifyReply): Promise<void> {
    await reply.type('image/svg+xml').header('cache-control', 'public, max-age=86400').send(icon);
  }

  private requireOwnSite({ headers }: FastifyRequest): void {
    if (isForeign(headers, this.config.publicUrl))
      throw forbidden('This form was sent from another site; open the link itself. Nothing was changed.');
  }

  private async draw(
    token: string,
    reply: FastifyReply,
    status: number,
    flash: Parameters<typeof signInPage>[0],
    typed: Record<string, string>,
  ): Promise<void> {
    const link = await this.setup.look(token);
    if (link === null) return sendAppPage(reply, 410, deadSetupPage());
    const snapshot = await this.store.snapshots.latest(this.store.dataSource);
    const displayName =
      link.person === null ? null : (snapshot.get('Person', link.person)?.spec.displayName ?? null);
    await sendAppPage(reply, status, setupPage({ link, displayName, flash, typed }));
  }
}
