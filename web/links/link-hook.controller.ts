/**
 * One-tap button of a push message: `POST /hooks/link/<token>`. The link's token is the credential, as on its page, and the
 * decision takes the same path. A GET is a 404: scanners and previews change nothing.
 */
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { LinkHookBody, LinkHookReply } from '../../contracts/api/hooks.js';
import { doneText, statusText } from '../../domain/reply/reply-text.js';
import { notFound, Problem } from '../../services/common/problem.js';
import { Documented, Permission, TokenRoute } from '../../http/route.js';
import { LinkAnswers } from '../../services/reply/link-answers.js';
import { LinkViews } from '../../services/reply/link-views.js';

@Controller('hooks/link')
export class LinkHookController {
  constructor(
    private readonly views: LinkViews,
    private readonly answers: LinkAnswers,
  ) {}

  @Post(':token')
  @HttpCode(200)
  @Permission('public')
  @TokenRoute('link')
  @Documented({
    tag: 'Hooks',
    summary: 'Answers a page with the token of its link, for one-tap buttons',
    reply: LinkHookReply,
  })
  async decide(
    @Param('token') token: string,
    @Body({ schema: LinkHookBody }) { decision }: LinkHookBody,
  ): Promise<LinkHookReply> {
    const link = await this.views.open(token);
    if (link === null) throw notFound('There is no such link.');
    // The content of an approval or a review has to be read first; that needs the page.
    if (link.kind !== 'page')
      throw new Problem(409, 'open_the_link', 'This needs more than one tap: open the link in the message.');
    const outcome = await this.answers.tap(link, decision);
    const { incident, now, person } = (await this.views.open(token)) ?? link;
    if (outcome.kind === 'refused') {
      const { title, detail } = outcome;
      throw new Problem(
        outcome.status,
        'not_possible',
        detail === undefined ? title : `${title.replace(/\.$/, '')}. ${detail}`,
      );
    }
    const snapshot = await this.views.snapshot();
    const isTheirs = incident.status === 'acknowledged' && incident.acknowledgedBy === person.name;
    if (decision === 'acknowledge' && isTheirs)
      return {
        incident: incident.number,
        status: incident.status,
        message: doneText('acknowledge', { state: incident, isEscalated: false }),
      };
    const message = statusText(incident, now, (name) =>
      name === person.name ? 'you' : (snapshot.get('Person', name)?.spec.displayName ?? name),
    );
    return { incident: incident.number, status: incident.status, message };
  }
}
