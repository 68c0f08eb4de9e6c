import type { SourceSpec } from '../alert/source-spec.js';
import type { WatchSpec } from './watch-spec.js';

/** Why values with the key of this source are not for this watch; null: they are. */
export function whyNotPushed(
  { name, spec }: { name: string; spec: WatchSpec },
  source: { name: string; spec: Pick<SourceSpec, 'service' | 'routes'> },
): string | null {
  if (!('push' in spec.source))
    return `the watch ${name} asks Prometheus itself; give it source: {push: {}} to send it values`;
  const wanted = spec.source.push.source;
  if (wanted !== undefined)
    return wanted === source.name
      ? null
      : `the watch ${name} takes values from the source ${wanted}, not from ${source.name}`;
  const services = [source.spec.service, ...(source.spec.routes ?? []).map(({ service }) => service)];
  return services.includes(spec.service)
    ? null
    : `the source ${source.name} is not of the service ${spec.service}; name it in the watch: source: {push: {source: ${source.name}}}`;
}
