/** People and their sign-in links. */
import { Controller, Param } from '@nestjs/common';
import { SetupService } from '../../../services/access/setup.service.js';
import { Problem } from '../../../services/common/problem.js';
import { PeopleService } from '../../../services/people/people.service.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { erasePage } from './erase-page.js';
import { peoplePage } from './people-page.js';

@Controller('people')
export class PeoplePagesController {
  constructor(
    private readonly setup: SetupService,
    private readonly people: PeopleService,
  ) {}

  @PageRead('', { permission: 'people.manage', summary: 'People, their roles and their reachability' })
  show(@Page() page: PageCall): Promise<void> {
    return this.draw(page, null);
  }

  /** Answers with the page itself: the link is in no address and is shown only once. */
  @PageForm(':name/sign-in-link', {
    permission: 'people.manage',
    summary: 'Creates a sign-in link and shows it once',
    status: 200,
  })
  async make(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    await this.draw(page, { name, url: await this.setup.signInLink(page.caller, name) });
  }

  /** Confirmation page: what is deleted, what is kept, and what blocks it. */
  @PageRead(':name/erase', { permission: 'people.manage', summary: 'Confirms before a person is erased' })
  async askErase(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    await page.show(erasePage(await page.context(), await this.people.erasable(name), null));
  }

  @PageForm(':name/erase', { permission: 'people.manage', summary: 'Erases a person who was deleted' })
  async erase(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    try {
      await this.people.erase(name, page.caller);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error;
      const shown = erasePage(await page.context(), await this.people.erasable(name), error.detail);
      return page.show(shown, error);
    }
    await page.seeOther('/people');
  }

  private async draw(page: PageCall, made: { name: string; url: string } | null): Promise<void> {
    const context = await page.context();
    const { names } = context.viewing;
    const link = made === null ? null : { displayName: names.get(made.name) ?? made.name, url: made.url };
    const reachability = await this.people.reachability();
    await page.show(peoplePage(context, link, { reachability, deleted: await this.people.deleted() }));
  }
}
