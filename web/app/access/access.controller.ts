/** Pages of signing in by one-time links and signing out, and the stylesheet. */
import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Config } from '../../../config/environment.js';
import { slug } from '../../../contracts/config/fields.js';
import { sessionCookie } from '../../../http/auth/cookies.js';
import { MailSignIn } from '../../../services/access/mail-sign-in.js';
import { SessionsService } from '../../../services/access/sessions.service.js';
import { SetupService } from '../../../services/access/setup.service.js';
import { notFound } from '../../../services/common/problem.js';
import { Documented, Permission, TokenRoute } from '../../../http/route.js';
import { CONFIG } from '../../../services/common/tokens.js';
import { clientOf } from '../../../http/limits/client.js';
import { icon } from '../../ui/icon.js';
import { appCss, appCssPath } from '../../styles/styles.js';
import type { Flash } from '../../ui/notice.js';
import { SIGN_IN_MINUTES } from '../../../domain/people/limits.js';
import { deadSetupPage, ownZone, setupPage, signInPage } from './access-pages.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
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
    private readonly sessions: SessionsService,
    private readonly mail: MailSignIn,
    private readonly setup: SetupService,
  ) {}

  @PageRead('sign-in', { permission: 'public', summary: 'The sign-in page' })
  async signIn(@Page() page: PageCall): Promise<void> {
    const to = page.query('to') ?? '';
    const flash: Flash | null =
      to === '' || to === '/' ? null : { tone: 'info', title: 'Sign in to see this page.' };
    await page.show(signInPage(flash, this.mail.isSetUp));
  }

  /** The reply is the same for every address. */
  @PageForm('sign-in', {
    permission: 'public',
    summary: 'Mails a sign-in link to an address that is known here',
    status: 200,
  })
  async mailLink(@Page() page: PageCall): Promise<void> {
    const { refusal } = await attempt(async () => {
      const { email } = parsed(MailForm, { email: page.field('email').trim() });
      this.mail.ask(email, clientOf(page.request.ip));
    });
    const flash = refusal?.flash ?? MAILED;
    await page.show(signInPage(flash, this.mail.isSetUp, page.field('email')), refusal);
  }

  @PageRead('setup/:token', {
    permission: 'public',
    summary: 'The page of a one-time link; a GET does not use it up',
  })
  @TokenRoute('setup')
  show(@Page() page: PageCall, @Param('token') token: string): Promise<void> {
    return this.draw(page, token, null, {});
  }

  @PageForm('setup/:token', { permission: 'public', summary: 'Uses a one-time link' })
  @TokenRoute('setup')
  redeem(@Page() page: PageCall, @Param('token') token: string): Promise<void> {
    const typed = Object.fromEntries(
      ['name', 'displayName', 'email', 'timezone'].map((name) => [name, page.field(name).trim()]),
    );
    return page.submit(
      async () => {
        const link = await this.setup.look(token);
        const admin =
          link?.purpose === 'first-admin'
            ? parsed(NewAdminForm, { ...typed, timezone: page.words('timezone') ?? ownZone() })
            : null;
        const agent = page.request.headers['user-agent'] ?? null;
        const { session } = await this.setup.redeem(token, admin, agent);
        void page.reply.header('set-cookie', sessionCookie(this.config, session));
      },
      '/',
      (refusal) => this.draw(page, token, refusal, typed),
    );
  }

  @PageForm('sign-out', { permission: 'session', summary: 'Ends the session' })
  async signOut(@Page() page: PageCall): Promise<void> {
    const { person, session, actor } = page.caller;
    if (person !== null && session !== undefined) await this.sessions.end(person, { id: session }, actor);
    void page.reply.header('set-cookie', sessionCookie(this.config, null));
    await page.seeOther('/sign-in');
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

  private async draw(
    page: PageCall,
    token: string,
    refusal: Refusal | null,
    typed: Record<string, string>,
  ): Promise<void> {
    const link = await this.setup.look(token);
    if (link === null) return page.show(deadSetupPage(), { status: 410 });
    const displayName = link.person === null ? null : await this.setup.displayName(link.person);
    await page.show(setupPage({ link, displayName, flash: refusal?.flash ?? null, typed }), refusal);
  }
}
