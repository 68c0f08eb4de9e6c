/** Forms of the post-mortem: save, submit for review, review, waive. */
import { Controller, Param } from '@nestjs/common';
import { PullOutBody } from '../../../contracts/api/digest.js';
import { ReviewBody, WaiveBody } from '../../../contracts/api/postmortem.js';
import { EditBody } from '../../../contracts/api/postmortem-requests.js';
import { IncidentsService } from '../../../services/incident/incidents.service.js';
import { incidentRequestOf, PostmortemsService } from '../../../services/postmortem/postmortems.service.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { parsed } from '../parsed.js';
import { editOf, keptItems, typedItems, type TypedPostmortem, typedSections } from './postmortem-form.js';
import { postmortemPage } from './postmortem-page.js';

/** Seven sections of 64 KiB, and five fields for each action item. */
const POSTMORTEM_FORM = { bodyLimit: 512 * 1024, formFields: 1000 };

@Controller('incidents/:number/postmortem')
export class PostmortemPagesController {
  constructor(
    private readonly incidents: IncidentsService,
    private readonly postmortems: PostmortemsService,
  ) {}

  @PageRead('', { permission: 'incidents.read', summary: 'The post-mortem of an incident' })
  show(@Page() page: PageCall, @Param('number') number: string) {
    return this.draw(page, number, null, null);
  }

  @PageForm('', {
    permission: 'postmortem.write',
    summary: 'Saves the text, and submits it for review',
    ...POSTMORTEM_FORM,
  })
  async write(@Page() page: PageCall, @Param('number') number: string) {
    const incidentRequest = incidentRequestOf(number, page.caller, undefined);
    const sections = typedSections(page.body);
    const edited = await attempt(() =>
      this.postmortems.edit(incidentRequest, parsed(EditBody, editOf(page.body))),
    );
    if (edited.refusal !== null)
      return this.answer(page, number, edited.refusal, { sections, items: typedItems(page.body) });
    const isSubmit = page.field('decision') === 'submit';
    const { refusal } = await attempt(async () => isSubmit && this.postmortems.submit(incidentRequest));
    // After a save the stored items equal the typed ones; the missing sections are still marked.
    await this.answer(page, number, refusal, { sections, items: keptItems(edited.value.actionItems) });
  }

  @PageForm('reviews', { permission: 'postmortem.review', summary: 'A reviewer decides' })
  async review(@Page() page: PageCall, @Param('number') number: string) {
    const { refusal } = await attempt(() => {
      const review = parsed(ReviewBody, {
        decision: page.field('decision'),
        comment: page.words('comment') ?? undefined,
        revision: Number.parseInt(page.field('revision'), 10) || 0,
      });
      return this.postmortems.review(incidentRequestOf(number, page.caller, undefined), review);
    });
    await this.answer(page, number, refusal, null);
  }

  @PageForm('pull-out', {
    permission: 'postmortem.write',
    summary: 'Takes the incident out of the digest of its team',
  })
  async pullOut(@Page() page: PageCall, @Param('number') number: string) {
    const { refusal } = await attempt(() =>
      this.postmortems.pullOut(
        incidentRequestOf(number, page.caller, undefined),
        parsed(PullOutBody, { kind: page.field('kind'), reason: page.field('reason').trim() }),
      ),
    );
    await this.answer(page, number, refusal, null);
  }

  @PageForm('waive', { permission: 'postmortem.waive', summary: 'Closes without a post-mortem, signed' })
  async waive(@Page() page: PageCall, @Param('number') number: string) {
    const position = page.words('position') ?? undefined;
    const { refusal } = await attempt(() =>
      this.postmortems.waive(
        incidentRequestOf(number, page.caller, undefined, undefined, position),
        parsed(WaiveBody, { reason: page.field('reason').trim() }).reason,
      ),
    );
    await this.answer(page, number, refusal, null);
  }

  private async answer(
    page: PageCall,
    number: string,
    refusal: Refusal | null,
    typed: TypedPostmortem | null,
  ): Promise<void> {
    if (refusal !== null) return this.draw(page, number, refusal, typed);
    await page.seeOther(`/incidents/${encodeURIComponent(number)}/postmortem`);
  }

  private async draw(
    page: PageCall,
    number: string,
    refusal: Refusal | null,
    typed: TypedPostmortem | null,
  ): Promise<void> {
    const { drill, position } = await this.incidents.get(number);
    const postmortem = await this.postmortems.get(number);
    const view = { postmortem, drill, position, flash: refusal?.flash ?? null, typed };
    await page.show(postmortemPage(await page.context(), view), refusal);
  }
}
