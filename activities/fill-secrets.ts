/** Replaces references to secrets by their values right before a call; everything else keeps the reference. */
import { ApplicationFailure } from '@temporalio/common';
import { resolveSecrets, secretsIn, shownSecrets } from '../domain/runbook/secret-marker.js';
import type { SecretPort } from './ports.js';
import type { DoingStep } from './runbook-steps.js';

/** `values` are to be hidden in whatever comes back. Only `http` gets values: texts for people show the name. */
export async function fillSecrets(
  rendered: DoingStep,
  secrets: SecretPort | undefined,
): Promise<{ step: DoingStep; values: string[] }> {
  if (rendered.kind !== 'http') return { step: shownSecrets(rendered), values: [] };
  const values = new Map<string, string>();
  for (const name of secretsIn(rendered.call)) {
    const value = (await secrets?.value(name)) ?? null;
    if (value === null) throw ApplicationFailure.nonRetryable(`There is no secret "${name}"`, 'StepFailed');
    values.set(name, value);
  }
  // Every name was found above; nothing else can be asked for.
  const call = resolveSecrets(rendered.call, (name) => values.get(name) ?? '');
  return { step: { ...rendered, call }, values: [...values.values()] };
}
