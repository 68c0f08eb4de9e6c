/** What the page of an alert shows. */
import type { AlertDetail } from '../../../services/alert/alert-queries.service.js';
import type { Flash } from '../../ui/notice.js';

export interface AlertView {
  alert: AlertDetail;
  /** Numbers of open incidents that could take it. */
  targets: readonly { number: string; title: string }[];
  flash: Flash | null;
  typed: Readonly<Record<string, string>>;
}
