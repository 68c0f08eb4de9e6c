/** Pages of what is due for review, and of digests. */
import { Controller, Param } from '@nestjs/common';
import { DigestDecision } from '../../../contracts/api/digest.js';
import { DIGEST_MOST } from '../../../domain/postmortem/digest.js';
import { invalid } from '../../../services/common/problem.js';
import { DigestsService } from '../../../services/postmortem/digests.service.js';
import { allOf } from '../../ui/form.js';
import type { Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { parsed } from '../parsed.js';
import { digestPage } from './digest-page.js';
import { reviewsPage } from './reviews-page.js';

@Controller()
export class ReviewPagesController {
  constructor(private readonly digests: DigestsService) {}

  @PageRead('reviews', {
    permission: 'incidents.read',
    summary: 'What is due for review, by whom, since when',
  })
  async list(@Page() page: PageCall) {
    const mine = page.query('mine') !== null && page.query('mine') !== 'false';
    const reviews = await this.digests.reviews(mine ? (page.caller.person ?? '') : null);
    await page.show(reviewsPage(await page.context(), { reviews, mine, refusal: null }));
  }

  @PageForm('digests', {
    permission: 'incidents.respond',
    summary: 'Opens the digest of a team before it is due',
  })
  async open(@Page() page: PageCall) {
    await page.submit(
      () => this.digests.open(page.field('team'), page.caller),
      ({ id }) => `/digests/${id}`,
      async (refusal) => {
        const reviews = await this.digests.reviews(null);
        await page.show(reviewsPage(await page.context(), { reviews, mine: false, refusal }), refusal);
      },
    );
  }

  @PageRead('digests/:id', { permission: 'incidents.read', summary: 'A digest, with its incidents' })
  show(@Page() page: PageCall, @Param('id') id: string) {
    return this.draw(page, id, null);
  }

  @PageForm('digests/:id', {
    permission: 'postmortem.review',
    summary: 'Approves the list of a digest, or pulls incidents out',
    formFields: DIGEST_MOST + 20,
  })
  async decide(@Page() page: PageCall, @Param('id') id: string) {
    await page.submit(
      () => this.digests.decide(id, page.caller, decisionOf(page)),
      ({ id: name }) => `/digests/${name}`,
      (refusal) => this.draw(page, id, refusal),
    );
  }

  private async draw(page: PageCall, id: string, refusal: Refusal | null): Promise<void> {
    const digest = await this.digests.get(id);
    const typed = refusal === null ? {} : page.fields(['comment', 'reason', 'kind']);
    await page.show(digestPage(await page.context(), { digest, refusal, typed }), refusal);
  }
}

function decisionOf(page: PageCall): DigestDecision {
  const incidents = allOf(page.body, 'pull');
  if (page.field('decision') === 'pull_out') {
    if (incidents.length === 0) throw invalid('Choose the incidents to pull out.', []);
    const reason = page.words('reason');
    if (reason === null) throw invalid('Say why they need a post-mortem of their own.', []);
    return parsed(DigestDecision, { decision: 'pull_out', incidents, kind: page.field('kind'), reason });
  }
  if (incidents.length > 0)
    throw invalid('Incidents are chosen for pulling out: pull out first, or approve with none chosen.', []);
  const sentence = page.words('comment');
  if (sentence === null) throw invalid('Say in one sentence what you found.', []);
  const upTo = Number.parseInt(page.field('revision'), 10) || 0;
  return parsed(DigestDecision, { decision: page.field('decision'), sentence, upTo });
}
