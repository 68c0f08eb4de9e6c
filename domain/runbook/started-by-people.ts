import type { RunbookSpec } from './definition.js';

/** `on.manual: false`: only an incident's own triggers start it. */
export const isStartedByPeople = ({ on }: Pick<RunbookSpec, 'on'>): boolean => on.manual ?? true;
