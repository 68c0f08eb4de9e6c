/**
 * One-tap button of a push message: `POST /hooks/link/<token>`. The link's token is the credential, as on its page, and the
 * decision takes the same path. A GET is a 404: scanners and previews change nothing.
 */
import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { LinkHookBody, LinkHookReply } from '../../contracts/api/hooks.js';
import { LinkStore } from '../../db/reply/link-store.js';
import type { Store } from '../../db/connection/store.js';
import { doneText, statusText } from '../../domain/reply/reply-text.js';
import { notFound, Problem } from '../../services/common/problem.js';
import { Documented, Permission, TokenRoute } from '../../http/route.js';
import { STORE } from '../../services/common/tokens.js';
import { LinkDecisions } from './link-decisions.js';

@Controller('hooks/link')
export class LinkHookController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly links: LinkStore,
    private readonly decisions: LinkDecisions,
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
    const link = await this.links.open(token);
    if (link === null) throw notFound('There is no such link.');
    // The content of an approval or a review has to be read first; that needs the page.
    if (link.kind !== 'page')
      throw new Problem(409, 'open_the_link', 'This needs more than one tap: open the link in the message.');
    // A phone that sends its tap twice must not escalate by two steps; a second acknowledgement changes nothing.
    const nonce =
      decision === 'acknowledge'
        ? await this.links.mintNonce(link)
        : await this.links.onlyNonce(link, decision);
    const outcome = await this.decisions.decide(link, { decision, nonce });
    const { incident, now, person } = (await this.links.open(token)) ?? link;
    if (outcome.kind === 'refused') {
      const { title, detail } = outcome.flash;
      throw new Problem(
        outcome.status,
        'not_possible',
        detail === undefined ? title : `${title.replace(/\.$/, '')}. ${detail}`,
      );
    }
    const snapshot = await this.store.snapshots.latest(this.store.dataSource);
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
