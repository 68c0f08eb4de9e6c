/** The incident is neither resolved nor closed. Pure. */
import type { IncidentState } from './state.js';

export const isOpenIncident = ({ status }: Pick<IncidentState, 'status'>): boolean =>
  status === 'triggered' || status === 'acknowledged';
