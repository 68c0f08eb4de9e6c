/** Forms of the post-mortem: save, submit for review, review, waive. */
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReviewBody, WaiveBody } from '../../../contracts/api/postmortem.js';
import type { Identity } from '../../../services/common/identity.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { IncidentsService } from '../../../services/incident/incidents.service.js';
import { EditBody } from '../../../contracts/api/postmortem-requests.js';
import { incidentRequestOf, PostmortemsService } from '../../../services/postmortem/postmortems.service.js';
import { fieldOf, wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageContexts } from '../page-contexts.js';
import { parsed } from '../parsed.js';
import { editOf, typedItems, typedSections } from './postmortem-form.js';
import { postmortemPage, type PostmortemView } from './postmortem-page.js';

/** Seven sections of 64 KiB, and five fields for each action item. */
const POSTMORTEM_FORM = { bodyLimit: 512 * 1024, formFields: 1000 };

@Controller('incidents/:number/postmortem')
export class PostmortemPagesController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly incidents: IncidentsService,
    private readonly postmortems: PostmortemsService,
  ) {}

  @Get()
  @Permission('incidents.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'The post-mortem of an incident' })
  show(
    @Param('number') number: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    return this.draw(number, caller, request, reply, null, null);
  }

  @Post()
  @Permission('postmortem.write')
  @PageRoute(POSTMORTEM_FORM)
  @Documented({ tag: 'Pages', summary: 'Saves the text, and submits it for review', status: 303 })
  async write(
    @Param('number') number: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ) {
    this.contexts.requireOwnForm(request, body);
    const incidentRequest = incidentRequestOf(number, caller, undefined);
    const submit = fieldOf(body, 'decision') === 'submit';
    let isSaved = false;
    const { refusal } = await attempt(async () => {
      await this.postmortems.edit(incidentRequest, parsed(EditBody, editOf(body)));
      isSaved = true;
      if (submit) await this.postmortems.submit(incidentRequest);
    });
    // After a save the stored items equal the typed ones; the missing sections are still marked.
    const typed = { sections: typedSections(body), items: typedItems(body) };
    await this.answer(
      number,
      caller,
      request,
      reply,
      refusal,
      isSaved ? { ...typed, items: await this.keptItems(number) } : typed,
    );
  }

  @Post('reviews')
  @Permission('postmortem.review')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'A reviewer decides', status: 303 })
  async review(
    @Param('number') number: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ) {
    this.contexts.requireOwnForm(request, body);
    const { refusal } = await attempt(() => {
      const revision = Number.parseInt(fieldOf(body, 'revision'), 10) || 0;
      const input = {
        decision: fieldOf(body, 'decision'),
        comment: wordsOf(body, 'comment') ?? undefined,
        revision,
      };
      return this.postmortems.review(incidentRequestOf(number, caller, undefined), parsed(ReviewBody, input));
    });
    await this.answer(number, caller, request, reply, refusal, null);
  }

  @Post('waive')
  @Permission('postmortem.waive')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Closes without a post-mortem, signed', status: 303 })
  async waive(
    @Param('number') number: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ) {
    this.contexts.requireOwnForm(request, body);
    const { refusal } = await attempt(() =>
      this.postmortems.waive(
        incidentRequestOf(number, caller, undefined, undefined, wordsOf(body, 'position') ?? undefined),
        parsed(WaiveBody, { reason: fieldOf(body, 'reason').trim() }).reason,
      ),
    );
    await this.answer(number, caller, request, reply, refusal, null);
  }

  private async keptItems(number: string) {
    const { actionItems } = await this.postmortems.get(number);
    return actionItems
      .filter(({ state }) => state === 'open')
      .map(({ id, title, owner, due, url }) => ({
        id,
        title,
        owner: owner ?? '',
        due: due ?? '',
        url: url ?? '',
      }));
  }

  private async answer(
    number: string,
    caller: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
    refusal: Refusal | null,
    typed: PostmortemView['typed'],
  ): Promise<void> {
    if (refusal === null) return seeOther(reply, `/incidents/${encodeURIComponent(number)}/postmortem`);
    await this.draw(number, caller, request, reply, refusal, typed);
  }

  private async draw(
    number: string,
    caller: Identity,
    request: FastifyRequest,
    reply: FastifyReply,
    refusal: Refusal | null,
    typed: PostmortemView['typed'],
  ): Promise<void> {
    const incident = await this.incidents.get(number);
    const postmortem = await this.postmortems.get(number);
    const context = await this.contexts.context(request, caller);
    const view = {
      postmortem,
      drill: incident.drill,
      position: incident.position,
      flash: refusal?.flash ?? null,
      typed,
    };
    await sendAppPage(reply, refusal?.status ?? 200, postmortemPage(context, view));
  }
}
