/** Closed vocabularies of documents, and the checks shared by diagnostics and runbook steps. */
export type Priority = 'P1' | 'P2' | 'P3' | 'P4' | 'P5';
export const PRIORITIES: readonly Priority[] = ['P1', 'P2', 'P3', 'P4', 'P5'];
export type Severity = 'critical' | 'error' | 'warning' | 'info';
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
export type Role = 'admin' | 'manager' | 'responder' | 'stakeholder';
export type Urgency = 'high' | 'low';

export type CheckSpec =
  | { http: string; status?: number; contains?: string }
  | { dns: string; type?: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TXT' | 'NS'; expect?: string }
  | { tls: string; port?: number; minDays?: number }
  | { tcp: string; port: number };
