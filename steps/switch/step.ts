/** `switch`: the first case that holds says where the run goes on. */
import type { BranchRules } from '../../domain/runbook/step-rules.js';

export interface SwitchCase {
  if: string;
  goto: string;
}

export const switchStep: BranchRules<SwitchCase[]> = {
  endedBy: 'branch',
  cases: (cases) => cases,
};
