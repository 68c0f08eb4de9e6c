/** The record as the activities see it: the same stores, asked on behalf of a workflow. */
import type { LedgerPort, PagingPort, RecordPort, RecordReply, ResponsePort } from '../activities/ports.js';
import { readEvents, type RecordOutcome } from '../db/record.js';
import type { Store } from '../db/store.js';

function replyOf(outcome: RecordOutcome): RecordReply {
  switch (outcome.kind) {
    case 'accepted':
    case 'unchanged':
      return { kind: outcome.kind, events: outcome.events };
    case 'refused':
      return { kind: 'refused', code: outcome.code, detail: outcome.detail, events: outcome.events };
    case 'not_found':
      return { kind: 'refused', code: 'not_found', detail: 'no such incident', events: [] };
  }
}

/**
 * `tellWorkflow` false: the asking workflow is the incident's own and gets the events as the answer. A runbook's or a
 * diagnostic's activity asks with true, since the incident's workflow is somebody else then.
 */
export const recordPort = ({ recorder }: Store, tellWorkflow: boolean): RecordPort => ({
  record: async (request) => replyOf(await recorder.record({ ...request, tellWorkflow })),
});

export const pagingPort = ({ paging }: Store, sender: string, tellWorkflow: boolean): PagingPort => ({
  async page(request) {
    const { outcome, leases } = await paging.page({ ...request, actor: 'tocsin', tellWorkflow, sender });
    return { ...replyOf(outcome), leases };
  },
  escalateDeadSteps: async (request) => replyOf(await paging.escalateDeadSteps({ ...request, tellWorkflow })),
});

export const responsePort = ({ response, dataSource }: Store): ResponsePort => ({
  async startRunbooks(request) {
    return { kind: 'accepted', events: await response.startRunbooks({ ...request, tellWorkflow: false }) };
  },
  draftPostmortem: async (request) =>
    replyOf(await response.draftPostmortem({ ...request, tellWorkflow: false })),
  remindReview: async (request) => replyOf(await response.remindReview({ ...request, tellWorkflow: false })),
  eventsAfter: (incidentId, afterSeq) => readEvents(dataSource, incidentId, afterSeq),
});

export const ledgerPort = ({ ledger }: Store): LedgerPort => ledger;
