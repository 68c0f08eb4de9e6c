/** One team whose service takes the alerts of the intake benchmarks, grouped as by default. */
import { organisation } from './organisation.js';

const key = 'benchingestbenchingestbenchinge0';

export const ingestPath = `/in/${key}`;

export const ingestOrganisation = (sinkUrl: string): string => `${organisation(sinkUrl)}---
apiVersion: tocsin/v1
kind: Service
metadata: {name: ingest}
spec: {displayName: Ingest, team: bench, tier: 1, policy: bench, plan: default}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: ingest}
spec: {format: generic, service: ingest, key: ${key}}
`;
