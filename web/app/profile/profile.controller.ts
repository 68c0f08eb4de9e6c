/** The reader's profile and its forms: the same services as the API, with the same refusals. */
import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodeBody, ContactBody, QuietHoursBody, RulesBody } from '../../../contracts/api/people.js';
import type { Identity } from '../../../services/common/identity.js';
import { forbidden, invalid } from '../../../services/common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { PeopleService } from '../../../services/people/people.service.js';
import { fieldOf, wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageContexts } from '../page-contexts.js';
import { parsed } from '../parsed.js';
import { profilePage, type Typed } from './profile-page.js';

const HERE = '/profile';
/** Fields whose values a refused form shows again; codes and secrets are typed again. */
const TYPED = ['name', 'channel', 'address', 'high', 'low', 'from', 'to'];

interface PageCall {
  caller: Identity;
  request: FastifyRequest;
  reply: FastifyReply;
  body: unknown;
}

@Controller('profile')
export class ProfilePagesController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly people: PeopleService,
  ) {}

  @Get()
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'How you are reached' })
  show(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.draw({ caller, request, reply }, null, {});
  }

  @Post('contacts')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Adds a contact', status: 303 })
  add(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) => {
      const contact = parsed(ContactBody, {
        name: fieldOf(body, 'name').trim(),
        channel: fieldOf(body, 'channel'),
        address: fieldOf(body, 'address').trim(),
        secret: wordsOf(body, 'secret') ?? undefined,
      });
      return this.people.add(me, contact, caller);
    });
  }

  @Post('verify')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Verifies a contact by its code', status: 303 })
  verify(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) => {
      const { code } = parsed(CodeBody, { code: fieldOf(body, 'code').replace(/\s/g, '') });
      return this.people.verify(me, fieldOf(body, 'contact'), code, caller);
    });
  }

  @Post('send-code')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Sends a new code', status: 303 })
  sendCode(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) =>
      this.people.sendCode(me, fieldOf(body, 'contact'), caller),
    );
  }

  @Post('remove')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Removes a contact', status: 303 })
  remove(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) =>
      this.people.remove(me, fieldOf(body, 'contact'), caller),
    );
  }

  @Post('test-page')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Sends a test page now', status: 303 })
  testPage(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) =>
      this.people.testPage(me, wordsOf(body, 'contact'), caller),
    );
  }

  @Post('rules')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Saves your own rules', status: 303 })
  rules(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) => {
      const rules = parsed(RulesBody, {
        high: rulesOf(fieldOf(body, 'high')),
        low: rulesOf(fieldOf(body, 'low')),
      });
      return this.people.setRules(me, rules, caller);
    });
  }

  @Post('rules/drop')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Removes your own rules; those of the document apply', status: 303 })
  dropRules(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) => this.people.setRules(me, null, caller));
  }

  @Post('quiet-hours')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Saves quiet hours', status: 303 })
  quietHours(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) => {
      const quiet = parsed(QuietHoursBody, {
        from: fieldOf(body, 'from').trim(),
        to: fieldOf(body, 'to').trim(),
      });
      return this.people.setQuietHours(me, quiet, caller);
    });
  }

  @Post('quiet-hours/drop')
  @Permission('session')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Removes the quiet hours', status: 303 })
  dropQuietHours(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) => this.people.setQuietHours(me, null, caller));
  }

  /** Runs a change and redirects; a refusal is shown on the page, with the typed values. */
  private async change(call: PageCall, work: (me: string) => Promise<unknown>): Promise<void> {
    this.contexts.requireOwnForm(call.request, call.body);
    const me = ownName(call.caller);
    const { refusal } = await attempt(async () => work(me));
    if (refusal === null) return seeOther(call.reply, HERE);
    const typed = TYPED.flatMap((name) => {
      const text = fieldOf(call.body, name);
      return text === '' ? [] : [[name, text] as const];
    });
    await this.draw(call, refusal, Object.fromEntries(typed));
  }

  private async draw(
    { caller, request, reply }: Omit<PageCall, 'body'>,
    refusal: Refusal | null,
    typed: Typed,
  ): Promise<void> {
    const person = await this.people.person(ownName(caller), caller);
    const context = await this.contexts.context(request, caller);
    await sendAppPage(
      reply,
      refusal?.status ?? 200,
      profilePage(context, person, { flash: refusal?.flash ?? null, typed, missing: this.people.missing() }),
    );
  }
}

function ownName({ person }: Identity): string {
  if (person === null) throw forbidden('An API key has no profile; sign in, or use /api/v1/people/<name>.');
  return person;
}

/** One rule a line, such as `5m phone`. */
function rulesOf(text: string): { after: string; contact: string }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [after = '', contact = '', ...more] = line.split(/\s+/);
      if (contact === '' || more.length > 0) {
        const message = `"${line}" is not a time and a contact, such as "5m phone"`;
        throw invalid(`${message}.`, [{ path: 'rules', message }]);
      }
      return { after, contact };
    });
}
