/** Policy pages: the list, one policy, its simulation and its back-test. */
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BacktestBody, SimulateBody } from '../../../contracts/api/policy.js';
import { readPositions } from '../../../db/escalation/round-robin.js';
import type { Store } from '../../../db/connection/store.js';
import type { Identity } from '../../../services/common/identity.js';
import { notFound } from '../../../services/common/problem.js';
import { Caller, Documented, PageRoute, Permission } from '../../../http/route.js';
import { STORE } from '../../../services/common/tokens.js';
import { DocumentReader } from '../../../services/config/document-reader.js';
import { PoliciesService } from '../../../services/escalation/policies.service.js';
import { wordsOf } from '../../links/link-form.js';
import { sendAppPage } from '../../ui/render.js';
import { attempt } from '../attempt.js';
import { PageContexts, type PageContext } from '../page-contexts.js';
import { parsed } from '../parsed.js';
import { policiesPage } from './policies-page.js';
import { policyPage } from './policy-page.js';
import {
  backtestForm,
  isUnchanged,
  policyView,
  proposalOf,
  simulateBody,
  simulateForm,
} from './policy-loader.js';

const INCIDENTS_SHOWN = 100;

@Controller()
export class PolicyPagesController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly contexts: PageContexts,
    private readonly policies: PoliciesService,
    private readonly reader: DocumentReader,
  ) {}

  @Get('policies')
  @Permission('oncall.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Escalation policies, with the people they page first now' })
  async list(
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    const positions = await readPositions(this.store.dataSource);
    const views = context.snapshot
      .list('EscalationPolicy')
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map((policy) => policyView(context.snapshot, policy, positions, context.viewing.now));
    await sendAppPage(reply, 200, policiesPage(context, views));
  }

  @Get('policies/:name')
  @Permission('oncall.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'A policy and its simulation' })
  async show(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query() query: unknown,
  ): Promise<void> {
    const context = await this.contexts.context(request, caller);
    const { view, spec } = await this.found(context, name);
    const form = simulateForm(query, context.viewing.now, context.viewing.zone);
    const asked = wordsOf(query, 'show') === 'simulation';
    const { refusal, value } = await attempt(async () => {
      if (!asked) return null;
      const body = parsed(SimulateBody, simulateBody(form, context.viewing.zone));
      return { at: body.at, result: await this.policies.simulate(name, body, caller) };
    });
    const simulate = {
      form,
      at: value?.at ?? null,
      result: value?.result ?? null,
      flash: refusal?.flash ?? null,
    };
    const backtest = { form: backtestForm({}, spec), result: null, flash: null };
    await sendAppPage(
      reply,
      refusal?.status ?? 200,
      policyPage(context, { policy: view, simulate, backtest }),
    );
  }

  @Post('policies/:name')
  @HttpCode(200)
  @Permission('oncall.read')
  @PageRoute()
  @Documented({ tag: 'Pages', summary: 'Back-test: past incidents replayed with another policy' })
  async compare(
    @Param('name') name: string,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: unknown,
  ): Promise<void> {
    this.contexts.requireOwnForm(request, body);
    const context = await this.contexts.context(request, caller);
    const { view, spec } = await this.found(context, name);
    const form = backtestForm(body, spec);
    const { refusal, value } = await attempt(async () => {
      const to = context.viewing.now;
      const days = /^\d{1,4}$/.test(form.days) ? Math.max(1, Number(form.days)) : 90;
      const from = new Date(Date.parse(to) - days * 86_400_000).toISOString();
      const asked = parsed(BacktestBody, {
        // An unchanged spec is no proposal: every reader may back-test the policy in force.
        ...(isUnchanged(form.proposal, spec)
          ? {}
          : {
              policy: await proposalOf(name, form.proposal, (text) =>
                this.reader.parse(caller.actor, text, { file: 'proposal' }),
              ),
            }),
        from,
        to,
        limit: INCIDENTS_SHOWN,
        ...(form.service === '' ? {} : { service: form.service }),
      });
      return this.policies.backtest(name, asked, caller);
    });
    const idle = simulateForm({}, context.viewing.now, context.viewing.zone);
    const simulate = { form: idle, at: null, result: null, flash: null };
    const backtest = { form, result: value, flash: refusal?.flash ?? null };
    await sendAppPage(
      reply,
      refusal?.status ?? 200,
      policyPage(context, { policy: view, simulate, backtest }),
    );
  }

  private async found(context: PageContext, name: string) {
    const policy = context.snapshot.get('EscalationPolicy', name);
    if (policy === undefined) throw notFound(`There is no escalation policy ${name.slice(0, 63)}.`);
    const positions = await readPositions(this.store.dataSource);
    return { view: policyView(context.snapshot, policy, positions, context.viewing.now), spec: policy.spec };
  }
}
