/** Decides whether a source may acknowledge (docs/domain.md, Alerts). */
import type { SourceSpec } from './source-spec.js';

/**
 * Formats of senders at which people acknowledge: their acknowledgement is a person's. A sender of another format needs
 * `acknowledge: true` in its document.
 */
const ACKNOWLEDGING: ReadonlySet<SourceSpec['format']> = new Set(['pagerduty-v2']);

export const mayAcknowledge = ({
  acknowledge,
  format,
}: Pick<SourceSpec, 'acknowledge' | 'format'>): boolean => acknowledge ?? ACKNOWLEDGING.has(format);
