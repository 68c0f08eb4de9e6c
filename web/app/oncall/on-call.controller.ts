/** On-call page and its forms: the same services as the API, with the same refusals. */
import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FeedBody, OverrideBody, SwapBody } from '../../../contracts/api/on-call-changes.js';
import { fromInstant } from '../../../domain/oncall/revisions.js';
import { ScheduleError } from '../../../domain/oncall/schedule.js';
import type { Identity } from '../../../services/common/identity.js';
import { invalid } from '../../../services/common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { CalendarService } from '../../../services/oncall/calendar.service.js';
import { SchedulesService } from '../../../services/oncall/schedules.service.js';
import { fieldOf, wordsOf } from '../../links/link-form.js';
import { sendAppPage, seeOther } from '../../ui/render.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageContexts } from '../page-contexts.js';
import { shiftOfValue, type Typed } from './on-call-forms.js';
import { onCallPage } from './on-call-page.js';
import { OnCallPageLoader } from './on-call-loader.js';
import { labelOf, parsed } from '../parsed.js';

const HERE = '/on-call';

interface PageCall {
  caller: Identity;
  request: FastifyRequest;
  reply: FastifyReply;
}

@Controller('on-call')
export class OnCallPagesController {
  constructor(
    private readonly contexts: PageContexts,
    private readonly onCall: OnCallPageLoader,
    private readonly schedules: SchedulesService,
    private readonly calendar: CalendarService,
  ) {}

  @Get()
  @Permission('oncall.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Who is on call, now and in the next days' })
  show(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.draw({ caller, request, reply });
  }

  @Post('overrides')
  @Permission('oncall.write')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Adds an override', status: 303 })
  override(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply }, body, async (zone) => {
      const wanted = parsed(OverrideBody, {
        person: fieldOf(body, 'person'),
        from: momentOf(body, 'from', zone),
        to: momentOf(body, 'to', zone),
        reason: wordsOf(body, 'reason') ?? undefined,
      });
      await this.schedules.addOverride(fieldOf(body, 'schedule'), wanted, caller);
    });
  }

  @Post('overrides/:schedule/:id/cancel')
  @Permission('oncall.write')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Cancels an override', status: 303 })
  cancel(
    @Param('schedule') schedule: string,
    @Param('id') id: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply }, body, async () => {
      await this.schedules.cancelOverride(schedule, id, caller);
    });
  }

  @Post('swaps')
  @Permission('oncall.write')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Requests cover', status: 303 })
  ask(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply }, body, async (zone) => {
      const shift = shiftOfValue(fieldOf(body, 'shift'));
      if (shift === null)
        throw invalid('Choose one of your shifts.', [{ path: 'shift', message: 'choose a shift' }]);
      const back = shiftOfValue(fieldOf(body, 'inReturn'));
      const to = wordsOf(body, 'ask') ?? back?.person ?? null;
      if (back !== null && (back.schedule !== shift.schedule || back.person !== to)) {
        const message = `choose a shift of the person you ask, in the schedule ${shift.schedule}`;
        throw invalid(`In return you take: ${message}.`, [{ path: 'inReturn', message }]);
      }
      const [from, until] = [wordsOf(body, 'from'), wordsOf(body, 'to')];
      const wanted = parsed(SwapBody, {
        shift: {
          from: from === null ? shift.from : momentOf(body, 'from', zone),
          to: until === null ? shift.to : momentOf(body, 'to', zone),
        },
        to,
        inReturn: back === null ? null : { from: back.from, to: back.to },
        reason: wordsOf(body, 'reason') ?? undefined,
      });
      await this.schedules.askSwap(shift.schedule, wanted, caller);
    });
  }

  @Post('swaps/:schedule/:id')
  @Permission('oncall.write')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Answers a request for cover', status: 303 })
  answer(
    @Param('schedule') schedule: string,
    @Param('id') id: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply }, body, async () => {
      const decision = fieldOf(body, 'decision');
      if (decision !== 'accept' && decision !== 'decline' && decision !== 'withdraw')
        throw invalid('Press one of the buttons.', [
          { path: 'decision', message: 'accept, decline or withdraw' },
        ]);
      await this.schedules.answerSwap(schedule, id, decision, { body: {}, identity: caller });
    });
  }

  /** Answers with the page itself: the calendar link is in no history and is shown only once. */
  @Post('calendar')
  @Permission('oncall.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Creates a calendar link and shows it once', status: 200 })
  async makeCalendar(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    const [kind, name] = fieldOf(body, 'subject').split(' ');
    const { refusal, value } = await attempt(() =>
      this.calendar.create(
        parsed(FeedBody, kind === 'schedule' ? { schedule: name } : { person: name }),
        caller,
      ),
    );
    const made =
      value === null
        ? null
        : { of: kind === 'schedule' ? `schedule ${name ?? ''}` : 'your shifts', url: value.url };
    await this.draw({ caller, request, reply }, { refusal, made });
  }

  @Post('calendar/:id/revoke')
  @Permission('oncall.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Revokes a calendar link', status: 303 })
  revokeCalendar(
    @Param('id') id: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    return this.change({ caller, request, reply }, body, () => this.calendar.revoke(id, caller));
  }

  /** Runs a change and redirects; a refusal is shown on the page, with the typed values. */
  private async change(call: PageCall, body: unknown, work: (zone: string) => Promise<void>): Promise<void> {
    this.contexts.requireOwnForm(call.request, body);
    const context = await this.contexts.context(call.request, call.caller);
    const { refusal } = await attempt(() => work(context.viewing.zone));
    if (refusal === null) return seeOther(call.reply, HERE);
    const fields = ['schedule', 'person', 'from', 'to', 'reason', 'shift', 'ask', 'inReturn'];
    await this.draw(call, {
      refusal,
      typed: Object.fromEntries(fields.map((name) => [name, fieldOf(body, name)])),
    });
  }

  private async draw(
    { caller, request, reply }: PageCall,
    {
      refusal = null,
      typed = {},
      made = null,
    }: { refusal?: Refusal | null; typed?: Typed; made?: { of: string; url: string } | null } = {},
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    const view = await this.onCall.view(context);
    await sendAppPage(
      reply,
      refusal?.status ?? 200,
      onCallPage(context, { view, flash: refusal?.flash ?? null, typed, made }),
    );
  }
}

/** Instant of a local-time field, in the reader's zone; in a skipped hour the first instant after it. */
function momentOf(body: unknown, name: string, zone: string): string {
  const text = fieldOf(body, name);
  try {
    return new Date(fromInstant(text, zone)).toISOString();
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const message = `"${text}" is not a time such as 2026-12-01T09:00`;
    throw invalid(`${labelOf(name)}: ${message}.`, [{ path: name, message }]);
  }
}
