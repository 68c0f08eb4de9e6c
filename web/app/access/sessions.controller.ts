/** `/sessions`: lists and ends the reader's sessions; admins end those of other people on `/people`. */
import { Controller, Param } from '@nestjs/common';
import { SessionsService } from '../../../services/access/sessions.service.js';
import { forbidden } from '../../../services/common/problem.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { sessionsPage } from './sessions-page.js';

@Controller()
export class SessionsPagesController {
  constructor(private readonly sessions: SessionsService) {}

  @PageRead('sessions', { permission: 'session', summary: 'Your sessions' })
  async show(@Page() page: PageCall): Promise<void> {
    const { person } = page.caller;
    if (person === null) throw forbidden('An API key has no sessions.');
    await page.show(sessionsPage(await page.context(), await this.sessions.list(person)));
  }

  /** Ends one of the reader's sessions, or all but the current one. */
  @PageForm('sessions', { permission: 'session', summary: 'Ends one of your sessions, or all others' })
  async end(@Page() page: PageCall): Promise<void> {
    const { person, session, actor } = page.caller;
    if (person === null) throw forbidden('An API key has no sessions.');
    const id = page.field('id');
    const which = id !== '' ? { id } : session === undefined ? {} : { except: session };
    await this.sessions.end(person, which, actor);
    await page.seeOther('/sessions');
  }

  @PageForm('people/:name/sessions/end', {
    permission: 'people.manage',
    summary: 'Ends all sessions of a person',
  })
  async endOfPerson(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    await this.sessions.end(name, {}, page.caller.actor);
    await page.seeOther('/people');
  }
}
