/** Policy pages: the list, one policy, its simulation and its back-test. */
import { Controller, Param } from '@nestjs/common';
import { BacktestBody, SimulateBody } from '../../../contracts/api/policy.js';
import { notFound } from '../../../services/common/problem.js';
import { DocumentReader } from '../../../services/config/document-reader.js';
import { PoliciesService } from '../../../services/escalation/policies.service.js';
import { wordsOf } from '../../ui/form.js';
import { attempt } from '../attempt.js';
import { PageCall } from '../page-call.js';
import type { PageContext } from '../page-contexts.js';
import { Page, PageForm, PageRead } from '../page-route.js';
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
    private readonly policies: PoliciesService,
    private readonly reader: DocumentReader,
  ) {}

  @PageRead('policies', {
    permission: 'oncall.read',
    summary: 'Escalation policies, with the people they page first now',
  })
  async list(@Page() page: PageCall): Promise<void> {
    const context = await page.context();
    const positions = await this.policies.positions();
    const views = context.snapshot
      .list('EscalationPolicy')
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map((policy) => policyView(context.snapshot, policy, positions, context.viewing.now));
    await page.show(policiesPage(context, views));
  }

  @PageRead('policies/:name', { permission: 'oncall.read', summary: 'A policy and its simulation' })
  async show(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    const { query } = page.request;
    const context = await page.context();
    const { view, spec } = await this.found(context, name);
    const form = simulateForm(query, context.viewing.now, context.viewing.zone);
    const asked = wordsOf(query, 'show') === 'simulation';
    const { refusal, value } = await attempt(async () => {
      if (!asked) return null;
      const body = parsed(SimulateBody, simulateBody(form, context.viewing.zone));
      return { at: body.at, result: await this.policies.simulate(name, body, page.caller) };
    });
    const simulate = {
      form,
      at: value?.at ?? null,
      result: value?.result ?? null,
      flash: refusal?.flash ?? null,
    };
    const backtest = { form: backtestForm({}, spec), result: null, flash: null };
    await page.show(policyPage(context, { policy: view, simulate, backtest }), refusal);
  }

  @PageForm('policies/:name', {
    permission: 'oncall.read',
    summary: 'Back-test: past incidents replayed with another policy',
    status: 200,
  })
  async compare(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    const context = await page.context();
    const { view, spec } = await this.found(context, name);
    const form = backtestForm(page.body, spec);
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
                this.reader.parse(page.caller.actor, text, { file: 'proposal' }),
              ),
            }),
        from,
        to,
        limit: INCIDENTS_SHOWN,
        ...(form.service === '' ? {} : { service: form.service }),
      });
      return this.policies.backtest(name, asked, page.caller);
    });
    const idle = simulateForm({}, context.viewing.now, context.viewing.zone);
    const simulate = { form: idle, at: null, result: null, flash: null };
    const backtest = { form, result: value, flash: refusal?.flash ?? null };
    await page.show(policyPage(context, { policy: view, simulate, backtest }), refusal);
  }

  private async found(context: PageContext, name: string) {
    const policy = context.snapshot.get('EscalationPolicy', name);
    if (policy === undefined) throw notFound(`There is no escalation policy ${name.slice(0, 63)}.`);
    const positions = await this.policies.positions();
    return { view: policyView(context.snapshot, policy, positions, context.viewing.now), spec: policy.spec };
  }
}
