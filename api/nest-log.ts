/** Writes Nest's messages to our log: warnings and errors; the mapping of routes and modules is debug output. */
import type { LoggerService } from '@nestjs/common';
import type { Logger } from '../shared/logger.js';

export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    this.logger.debug({ nest: true }, String(message));
  }

  warn(message: unknown): void {
    this.logger.warn({ nest: true }, String(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error({ nest: true, rest }, String(message));
  }
}
