/** The reader's own profile and its forms: the same doors as the API's, with the same refusals. */
import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodeBody, ContactBody, QuietHoursBody, RulesBody } from '../../../contracts/api/people.js';
import type { Identity } from '../../common/identity.js';
import { forbidden, invalid } from '../../common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../common/route.js';
import { PeopleService } from '../../people/people.service.js';
import { fieldOf, wordsOf } from '../links/link-form.js';
import { sendAppPage, seeOther } from '../render.js';
import { attempt, type Refusal } from './attempt.js';
import { Desk } from './desk.js';
import { parsed } from './parsed.js';
import { profilePage, type Typed } from './profile-page.js';

const HERE = '/profile';
/** What a refused form is shown with again; codes and secrets are typed anew. */
const TYPED = ['name', 'channel', 'address', 'high', 'low', 'from', 'to'];

interface Asked {
  caller: Identity;
  request: FastifyRequest;
  reply: FastifyReply;
  body: unknown;
}

@Controller('profile')
export class ProfilePagesController {
  constructor(
    private readonly desk: Desk,
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
  @Documented({ tag: 'Pages', summary: 'Proves a contact by its code', status: 303 })
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
  @Documented({ tag: 'Pages', summary: 'Saves rules of your own', status: 303 })
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
  @Documented({ tag: 'Pages', summary: 'Goes back to the rules of the document', status: 303 })
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
  @Documented({ tag: 'Pages', summary: 'Ends the quiet hours', status: 303 })
  dropQuietHours(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply, body }, (me) => this.people.setQuietHours(me, null, caller));
  }

  /** Does the work and shows the page anew; what is refused is said on it, with what was typed. */
  private async change(asked: Asked, work: (me: string) => Promise<unknown>): Promise<void> {
    this.desk.requireOwnForm(asked.request, asked.body);
    const me = ownName(asked.caller);
    const { refusal } = await attempt(async () => work(me));
    if (refusal === null) return seeOther(asked.reply, HERE);
    const typed = TYPED.flatMap((name) => {
      const text = fieldOf(asked.body, name);
      return text === '' ? [] : [[name, text] as const];
    });
    await this.draw(asked, refusal, Object.fromEntries(typed));
  }

  private async draw(
    { caller, request, reply }: Omit<Asked, 'body'>,
    refusal: Refusal | null,
    typed: Typed,
  ): Promise<void> {
    const person = await this.people.person(ownName(caller), caller);
    const room = await this.desk.room(request, caller);
    await sendAppPage(
      reply,
      refusal?.status ?? 200,
      profilePage(room, person, { said: refusal?.said ?? null, typed, missing: this.people.missing() }),
    );
  }
}

function ownName({ person }: Identity): string {
  if (person === null)
    throw forbidden('A key is nobody and has no profile; sign in, or use /api/v1/people/<name>.');
  return person;
}

/** Each line `5m phone`. */
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
