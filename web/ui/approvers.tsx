/** People from whom an approval is requested. */
import { nameOf, titleOf, useViewer } from './viewer.js';

/** `role:commander`, `team:checkout`, `person:ana` in words. */
export function Approvers({ from }: { from: readonly string[] }) {
  const { names } = useViewer();
  const approvers = from.map((one) => {
    const [kind, name = ''] = one.split(':', 2);
    if (kind === 'person') return nameOf(name, names);
    return kind === 'team' ? `team ${titleOf('Team', name, names)}` : `the ${name.replaceAll('_', ' ')}`;
  });
  return <>{approvers.join(', ')}</>;
}
