import type { RunbookSpec } from './definition.js';

/** `on.manual: false`: only the incident's triggers start the runbook. */
export const isStartedByPeople = ({ on }: Pick<RunbookSpec, 'on'>): boolean => on.manual ?? true;
