/** Sessions of the caller, and of other people for admins. */
import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { SessionsService } from '../../services/access/sessions.service.js';
import type { Identity } from '../../services/common/identity.js';
import { forbidden, notFound } from '../../services/common/problem.js';
import { Caller, Documented, Permission } from '../../http/route.js';

const tag = 'Access';

const SessionsReply = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      createdAt: z.string(),
      seenAt: z.string(),
      expiresAt: z.string(),
      client: z.string().nullable(),
      /** True for the session of this request. */
      current: z.boolean(),
    }),
  ),
  next: z.null(),
});
const EndQuery = z.object({ others: z.enum(['true', 'false']).optional() });
type EndQuery = z.infer<typeof EndQuery>;

@Controller('api/v1')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get('me/sessions')
  @Permission('session')
  @Documented({ tag, summary: 'Your sessions', reply: SessionsReply })
  own(@Caller() caller: Identity) {
    return this.list(personOf(caller), caller);
  }

  @Delete('me/sessions')
  @HttpCode(204)
  @Permission('session')
  @Documented({ tag, summary: 'Ends your sessions; ?others=true keeps the current one', status: 204 })
  async endOwn(@Caller() caller: Identity, @Query({ schema: EndQuery }) { others }: EndQuery): Promise<void> {
    const person = personOf(caller);
    const except = others === 'true' && caller.session !== undefined ? { except: caller.session } : {};
    await this.sessions.end(person, except, caller.actor);
  }

  @Delete('me/sessions/:id')
  @HttpCode(204)
  @Permission('session')
  @Documented({ tag, summary: 'Ends one of your sessions', status: 204 })
  async endOne(@Param('id') id: string, @Caller() caller: Identity): Promise<void> {
    if ((await this.sessions.end(personOf(caller), { id }, caller.actor)) === 0)
      throw notFound(`You have no session ${id.slice(0, 64)}.`);
  }

  @Get('people/:name/sessions')
  @Permission('people.manage')
  @Documented({ tag, summary: 'The sessions of a person', reply: SessionsReply })
  ofPerson(@Param('name') name: string, @Caller() caller: Identity) {
    return this.list(name, caller);
  }

  @Delete('people/:name/sessions')
  @HttpCode(204)
  @Permission('people.manage')
  @Documented({ tag, summary: 'Ends all sessions of a person', status: 204 })
  async endOfPerson(@Param('name') name: string, @Caller() caller: Identity): Promise<void> {
    await this.sessions.end(name, {}, caller.actor);
  }

  private async list(person: string, { session }: Identity) {
    const items = await this.sessions.list(person);
    return { items: items.map((one) => ({ ...one, current: one.id === session })), next: null };
  }
}

function personOf({ person }: Identity): string {
  if (person !== null) return person;
  throw forbidden('An API key has no sessions; an admin asks for /api/v1/people/<name>/sessions.');
}
