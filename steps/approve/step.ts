/** `approve`: entitled people approve exactly what the run will use (docs/security.md §3.1). */
import { shownSecrets } from '../../domain/runbook/secret-marker.js';
import { type ActingRules, filled } from '../../domain/runbook/step-rules.js';

export interface ApprovalPrompt {
  /** `role:commander`, `role:manager`, `team:checkout`, `person:ana`. */
  from: string[];
  /** Quorum; default 1. */
  min?: number;
  message: string;
  /** True: neither the person who started the run nor the author of its revision may approve. */
  'two-person'?: boolean;
}

export interface RenderedApprove {
  kind: 'approve';
  ask: ApprovalPrompt;
  timeoutMs: number | null;
}

/** Characters of an approval's message, because it is part of an event. */
const MESSAGE_LIMIT = 2000;

export const approve: ActingRules<'approval', ApprovalPrompt, RenderedApprove> = {
  endedBy: 'approval',
  request: ({ message }) => message,
  addressees: ({ from }) => from.map((to, at) => ({ path: `from[${at}]`, to })),
  render: (prompt, { scope, limitMs }) => {
    const ask = shownSecrets(filled(prompt, scope));
    if (ask.message.length > MESSAGE_LIMIT) {
      throw new Error(
        `its message has ${ask.message.length} characters; at most ${MESSAGE_LIMIT} are allowed`,
      );
    }
    return { kind: 'approve', ask, timeoutMs: limitMs };
  },
};

/**
 * The exact content of an approval as canonical JSON (keys sorted): its hash is the digest that a decision refers to
 * (docs/security.md §3.1).
 */
export function approvalContent(about: {
  run: string;
  runbook: string;
  revision: number;
  step: string;
  execution: number;
  ask: ApprovalPrompt;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}): string {
  return canonical(about);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
    .join(',')}}`;
}
