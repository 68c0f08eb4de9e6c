/** The worker's metrics, and the adapter of the Temporal SDK's log lines. */
import type { Logger } from 'pino';
import { Gauge, Registry } from 'prom-client';
import { collectProcessMetrics } from '../shared/default-metrics.js';

export function createTelemetry() {
  const registry = new Registry();
  collectProcessMetrics(registry);
  return {
    registry,
    outboxAge: new Gauge({
      name: 'tocsin_outbox_age_seconds',
      help: 'Age of the oldest event Temporal has not been told',
      registers: [registry],
    }),
    drift: new Gauge({
      name: 'tocsin_drift',
      help: 'Incidents, runs and drills on which PostgreSQL and Temporal disagree, before repair',
      labelNames: ['kind'],
      registers: [registry],
    }),
  };
}

/** The SDK logs a lot: its info level is debug here. */
export function temporalLogger(log: Logger) {
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta?: Record<string, unknown>) =>
      log[level]({ ...meta }, message);
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('debug'),
    warn: at('warn'),
    error: at('error'),
    log: (level: string, message: string, meta?: Record<string, unknown>) =>
      log.debug({ level, ...meta }, message),
  };
}
