/** `/profile/push` and its two scripts. */
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Config } from '../../../config/environment.js';
import { vapidKeys } from '../../../shared/keys.js';
import { Documented, Permission } from '../../../http/route.js';
import { CONFIG } from '../../../services/common/tokens.js';
import { PageCall } from '../page-call.js';
import { Page, PageRead } from '../page-route.js';
import { pushPage } from './push-page.js';
import { pageScript, workerScript } from './scripts.js';

@Controller()
export class PushPagesController {
  private readonly vapidKey: string;

  constructor(@Inject(CONFIG) config: Config) {
    this.vapidKey = vapidKeys(config.secretKey).publicKey;
  }

  @PageRead('profile/push', {
    permission: 'session',
    summary: 'Creates a push subscription for this browser',
  })
  async show(@Page() page: PageCall): Promise<void> {
    const shown = pushPage(await page.context(), this.vapidKey);
    await page.show(shown, null, `; script-src 'self'; worker-src 'self'`);
  }

  @Get('push-worker.js')
  @Permission('public')
  @Documented({ tag: 'Pages', summary: 'The service worker that shows push messages' })
  worker(@Res() reply: FastifyReply): Promise<void> {
    // The policy of this reply is the worker's: it posts answers to this origin and nowhere else.
    return sendScript(reply, workerScript, `default-src 'none'; connect-src 'self'; frame-ancestors 'none'`);
  }

  @Get('push-page.js')
  @Permission('public')
  @Documented({ tag: 'Pages', summary: 'The script of the push page' })
  script(@Res() reply: FastifyReply): Promise<void> {
    return sendScript(reply, pageScript, `default-src 'none'; frame-ancestors 'none'`);
  }
}

async function sendScript(reply: FastifyReply, text: string, policy: string): Promise<void> {
  await reply
    .headers({ 'content-security-policy': policy, 'cache-control': 'no-cache' })
    .type('text/javascript; charset=utf-8')
    .send(text);
}
