/** Pages of silences and their forms: the same services as the API, with the same refusals. */
import { Controller, Param } from '@nestjs/common';
import { SilenceBody, SilencePreviewBody } from '../../../contracts/api/silence.js';
import { durationMs } from '../../../domain/shared/duration.js';
import { line } from '../../../contracts/config/fields.js';
import { type SilencePreview, SilencesService } from '../../../services/alert/silences.service.js';
import { invalid } from '../../../services/common/problem.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { momentOf, parsed } from '../parsed.js';
import { silencePage } from './silence-page.js';
import { LASTS, silencesPage } from './silences-page.js';

const OVER_SHOWN = 20;
const TYPED = ['matchers', 'lasts', 'until', 'reason', 'everything'];

@Controller('silences')
export class SilencePagesController {
  constructor(private readonly silences: SilencesService) {}

  @PageRead('', { permission: 'incidents.read', summary: 'Silences, in force and past' })
  show(@Page() page: PageCall): Promise<void> {
    return this.draw(page);
  }

  @PageForm('', {
    permission: 'alerts.silence',
    summary: 'Makes a silence, or shows what it would have muted',
  })
  async add(@Page() page: PageCall): Promise<void> {
    if (page.field('decision') === 'preview') return this.preview(page);
    const { now, zone } = (await page.context()).viewing;
    await page.submit(
      async () => {
        const body = parsed(SilenceBody, {
          matchers: linesOf(page),
          until:
            page.words('until') === null
              ? lastsFrom(page, now)
              : momentOf(page.field('until'), 'until', zone),
          reason: page.field('reason').trim(),
          everything: page.field('everything') === 'yes',
        });
        return this.silences.add(body, page.caller, { id: page.formId() });
      },
      ({ id, matched }) => `/silences/${id}${matched === 0 ? '?matched=0' : ''}`,
      (refusal) => this.draw(page, { refusal }),
    );
  }

  @PageRead(':id', { permission: 'incidents.read', summary: 'One silence' })
  one(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return this.drawOne(page, id);
  }

  @PageForm(':id/until', { permission: 'alerts.silence', summary: 'Moves the end of a silence' })
  async until(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    const { now } = (await page.context()).viewing;
    await page.submit(
      async () => this.silences.change(id, { until: lastsFrom(page, now) }, page.caller),
      `/silences/${encodeURIComponent(id)}`,
      (refusal) => this.drawOne(page, id, refusal),
    );
  }

  @PageForm(':id/end', { permission: 'alerts.silence', summary: 'Ends a silence now' })
  end(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return page.submit(
      () => this.silences.end(id, page.caller),
      `/silences/${encodeURIComponent(id)}`,
      (refusal) => this.drawOne(page, id, refusal),
    );
  }

  /** From the page of an incident: what fires in it, for a time or until it clears. */
  @PageForm('incidents/:number', {
    permission: 'alerts.silence',
    summary: 'Silences what fires in an incident',
  })
  async ofIncident(@Page() page: PageCall, @Param('number') number: string): Promise<void> {
    const { now } = (await page.context()).viewing;
    await page.submit(
      async () =>
        this.silences.addForIncident(
          number,
          {
            id: page.formId(),
            until: page.field('lasts') === 'clear' ? null : lastsFrom(page, now),
            reason: parsed(line(500), page.words('reason') ?? `known, see ${number}`),
          },
          page.caller,
        ),
      `/incidents/${encodeURIComponent(number)}`,
      (refusal) => this.draw(page, { refusal }),
    );
  }

  private async preview(page: PageCall): Promise<void> {
    const { refusal, value } = await attempt(async () =>
      this.silences.preview(parsed(SilencePreviewBody, { matchers: linesOf(page) }), page.caller),
    );
    await this.draw(page, { refusal, preview: value });
  }

  private async draw(
    page: PageCall,
    { refusal = null, preview = null }: { refusal?: Refusal | null; preview?: SilencePreview | null } = {},
  ): Promise<void> {
    const cursor = page.query('cursor');
    const { items, next } = await this.silences.list({
      state: 'over',
      limit: OVER_SHOWN,
      ...(cursor === null ? {} : { cursor }),
    });
    const like =
      page.query('like') === null ? null : await this.silences.likeIncident(page.query('like') ?? '');
    const shown = silencesPage(await page.context(), {
      inForce: await this.silences.inForce(),
      over: items,
      older: next,
      flash: refusal?.flash ?? null,
      typed:
        like === null
          ? page.fields(TYPED)
          : { matchers: like.matchers, lasts: '7d', reason: `noise, see ${like.incident}` },
      like,
      preview,
    });
    await page.show(shown, refusal);
  }

  private async drawOne(page: PageCall, id: string, refusal: Refusal | null = null): Promise<void> {
    const silence = await this.silences.get(id);
    const flash =
      refusal === null && page.query('matched') === '0' && silence.isInForce
        ? {
            tone: 'warn' as const,
            title: 'It matches no alert of the last week',
            detail: 'Check the matchers; end it and make another one if they are wrong.',
          }
        : (refusal?.flash ?? null);
    await page.show(silencePage(await page.context(), { silence, flash }), refusal);
  }
}

const linesOf = (page: PageCall): string[] =>
  page
    .field('matchers')
    .split(/\r?\n/)
    .map((text) => text.trim())
    .filter((text) => text !== '');

/** The chosen length, as an end. */
function lastsFrom(page: PageCall, now: string): string {
  const lasts = page.field('lasts');
  if (!LASTS.some(({ value }) => value === lasts))
    throw invalid('Choose how long it lasts.', [{ path: 'lasts', message: 'choose one of the list' }]);
  return new Date(Date.parse(now) + durationMs(lasts)).toISOString();
}
