/** On-call page and its forms: the same services as the API, with the same refusals. */
import { Controller, Param } from '@nestjs/common';
import { FeedBody, OverrideBody, SwapBody } from '../../../contracts/api/on-call-changes.js';
import { invalid } from '../../../services/common/problem.js';
import { CalendarService } from '../../../services/oncall/calendar.service.js';
import { SchedulesService } from '../../../services/oncall/schedules.service.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { shiftOfValue, type Typed } from './on-call-forms.js';
import { onCallPage } from './on-call-page.js';
import { OnCallPageLoader } from './on-call-loader.js';
import { momentOf, parsed } from '../parsed.js';

/** Fields whose values a refused form shows again. */
const TYPED = ['schedule', 'person', 'from', 'to', 'reason', 'shift', 'ask', 'inReturn'];

@Controller('on-call')
export class OnCallPagesController {
  constructor(
    private readonly onCall: OnCallPageLoader,
    private readonly schedules: SchedulesService,
    private readonly calendar: CalendarService,
  ) {}

  @PageRead('', { permission: 'oncall.read', summary: 'Who is on call, now and in the next days' })
  show(@Page() page: PageCall): Promise<void> {
    return this.draw(page);
  }

  @PageForm('overrides', { permission: 'oncall.write', summary: 'Adds an override' })
  override(@Page() page: PageCall): Promise<void> {
    return this.change(page, async () => {
      const zone = await zoneOf(page);
      const wanted = parsed(OverrideBody, {
        person: page.field('person'),
        from: momentOf(page.field('from'), 'from', zone),
        to: momentOf(page.field('to'), 'to', zone),
        reason: page.words('reason') ?? undefined,
      });
      await this.schedules.addOverride(page.field('schedule'), wanted, page.caller);
    });
  }

  @PageForm('overrides/:schedule/:id/cancel', { permission: 'oncall.write', summary: 'Cancels an override' })
  cancel(
    @Page() page: PageCall,
    @Param('schedule') schedule: string,
    @Param('id') id: string,
  ): Promise<void> {
    return this.change(page, async () => {
      await this.schedules.cancelOverride(schedule, id, page.caller);
    });
  }

  @PageForm('swaps', { permission: 'oncall.write', summary: 'Requests cover' })
  ask(@Page() page: PageCall): Promise<void> {
    return this.change(page, async () => {
      const shift = shiftOfValue(page.field('shift'));
      if (shift === null)
        throw invalid('Choose one of your shifts.', [{ path: 'shift', message: 'choose a shift' }]);
      const back = shiftOfValue(page.field('inReturn'));
      const to = page.words('ask') ?? back?.person ?? null;
      if (back !== null && (back.schedule !== shift.schedule || back.person !== to)) {
        const message = `choose a shift of the person you ask, in the schedule ${shift.schedule}`;
        throw invalid(`In return you take: ${message}.`, [{ path: 'inReturn', message }]);
      }
      const [from, until] = [page.words('from'), page.words('to')];
      const zone = await zoneOf(page);
      const wanted = parsed(SwapBody, {
        shift: {
          from: from === null ? shift.from : momentOf(page.field('from'), 'from', zone),
          to: until === null ? shift.to : momentOf(page.field('to'), 'to', zone),
        },
        to,
        inReturn: back === null ? null : { from: back.from, to: back.to },
        reason: page.words('reason') ?? undefined,
      });
      await this.schedules.askSwap(shift.schedule, wanted, page.caller);
    });
  }

  @PageForm('swaps/:schedule/:id', { permission: 'oncall.write', summary: 'Answers a request for cover' })
  answer(
    @Page() page: PageCall,
    @Param('schedule') schedule: string,
    @Param('id') id: string,
  ): Promise<void> {
    return this.change(page, async () => {
      const decision = page.field('decision');
      if (decision !== 'accept' && decision !== 'decline' && decision !== 'withdraw')
        throw invalid('Press one of the buttons.', [
          { path: 'decision', message: 'accept, decline or withdraw' },
        ]);
      await this.schedules.answerSwap(schedule, id, decision, { body: {}, identity: page.caller });
    });
  }

  /** Answers with the page itself: the calendar link is in no history and is shown only once. */
  @PageForm('calendar', {
    permission: 'oncall.read',
    summary: 'Creates a calendar link and shows it once',
    status: 200,
  })
  async makeCalendar(@Page() page: PageCall): Promise<void> {
    const [kind, name] = page.field('subject').split(' ');
    const { refusal, value } = await attempt(() =>
      this.calendar.create(
        parsed(FeedBody, kind === 'schedule' ? { schedule: name } : { person: name }),
        page.caller,
      ),
    );
    const made =
      value === null
        ? null
        : { of: kind === 'schedule' ? `schedule ${name ?? ''}` : 'your shifts', url: value.url };
    await this.draw(page, { refusal, made });
  }

  @PageForm('calendar/:id/revoke', { permission: 'oncall.read', summary: 'Revokes a calendar link' })
  revokeCalendar(@Page() page: PageCall, @Param('id') id: string): Promise<void> {
    return this.change(page, () => this.calendar.revoke(id, page.caller));
  }

  private change(page: PageCall, work: () => Promise<void>): Promise<void> {
    return page.submit(work, '/on-call', (refusal) =>
      this.draw(page, { refusal, typed: page.fields(TYPED) }),
    );
  }

  private async draw(
    page: PageCall,
    {
      refusal = null,
      typed = {},
      made = null,
    }: { refusal?: Refusal | null; typed?: Typed; made?: { of: string; url: string } | null } = {},
  ): Promise<void> {
    const context = await page.context();
    const view = await this.onCall.view(context);
    await page.show(onCallPage(context, { view, flash: refusal?.flash ?? null, typed, made }), refusal);
  }
}

/** The reader's time zone, in which a form's times are typed. */
const zoneOf = async (page: PageCall): Promise<string> => (await page.context()).viewing.zone;
