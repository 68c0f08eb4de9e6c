/** The reader's profile and its forms: the same services as the API, with the same refusals. */
import { Controller } from '@nestjs/common';
import { CodeBody, ContactBody, QuietHoursBody, RulesBody } from '../../../contracts/api/people.js';
import type { Identity } from '../../../services/common/identity.js';
import { forbidden, invalid } from '../../../services/common/problem.js';
import { PeopleService } from '../../../services/people/people.service.js';
import type { Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { parsed } from '../parsed.js';
import type { Typed } from './profile-contacts.js';
import { profilePage } from './profile-page.js';

/** Fields whose values a refused form shows again; codes and secrets are typed again. */
const TYPED = ['name', 'channel', 'address', 'high', 'low', 'from', 'to'];

@Controller('profile')
export class ProfilePagesController {
  constructor(private readonly people: PeopleService) {}

  @PageRead('', { permission: 'session', summary: 'How you are reached' })
  show(@Page() page: PageCall): Promise<void> {
    return this.draw(page, null, {});
  }

  @PageForm('contacts', { permission: 'session', summary: 'Adds a contact' })
  add(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => {
      const contact = parsed(ContactBody, {
        name: page.field('name').trim(),
        channel: page.field('channel'),
        address: page.field('address').trim(),
        secret: page.words('secret') ?? undefined,
      });
      return this.people.add(me, contact, page.caller);
    });
  }

  @PageForm('verify', { permission: 'session', summary: 'Verifies a contact by its code' })
  verify(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => {
      const { code } = parsed(CodeBody, { code: page.field('code').replace(/\s/g, '') });
      return this.people.verify(me, page.field('contact'), code, page.caller);
    });
  }

  @PageForm('send-code', { permission: 'session', summary: 'Sends a new code' })
  sendCode(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => this.people.sendCode(me, page.field('contact'), page.caller));
  }

  @PageForm('remove', { permission: 'session', summary: 'Removes a contact' })
  remove(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => this.people.remove(me, page.field('contact'), page.caller));
  }

  @PageForm('test-page', { permission: 'session', summary: 'Sends a test page now' })
  testPage(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => this.people.testPage(me, page.words('contact'), page.caller));
  }

  @PageForm('rules', { permission: 'session', summary: 'Saves your own rules' })
  rules(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => {
      const rules = parsed(RulesBody, {
        high: rulesOf(page.field('high')),
        low: rulesOf(page.field('low')),
      });
      return this.people.setRules(me, rules, page.caller);
    });
  }

  @PageForm('rules/drop', {
    permission: 'session',
    summary: 'Removes your own rules; those of the document apply',
  })
  dropRules(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => this.people.setRules(me, null, page.caller));
  }

  @PageForm('quiet-hours', { permission: 'session', summary: 'Saves quiet hours' })
  quietHours(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => {
      const quiet = parsed(QuietHoursBody, {
        from: page.field('from').trim(),
        to: page.field('to').trim(),
      });
      return this.people.setQuietHours(me, quiet, page.caller);
    });
  }

  @PageForm('quiet-hours/drop', { permission: 'session', summary: 'Removes the quiet hours' })
  dropQuietHours(@Page() page: PageCall): Promise<void> {
    return this.change(page, (me) => this.people.setQuietHours(me, null, page.caller));
  }

  private change(page: PageCall, work: (me: string) => Promise<unknown>): Promise<void> {
    const me = ownName(page.caller);
    return page.submit(
      async () => work(me),
      '/profile',
      (refusal) => {
        const typed = Object.entries(page.fields(TYPED)).filter(([, text]) => text !== '');
        return this.draw(page, refusal, Object.fromEntries(typed));
      },
    );
  }

  private async draw(page: PageCall, refusal: Refusal | null, typed: Typed): Promise<void> {
    const person = await this.people.person(ownName(page.caller), page.caller);
    const view = { flash: refusal?.flash ?? null, typed, missing: this.people.missing() };
    await page.show(profilePage(await page.context(), person, view), refusal);
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
