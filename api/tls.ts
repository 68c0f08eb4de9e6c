/**
 * TLS of the api itself (`TLS_CERT`, `TLS_KEY`), for senders that require https where no proxy terminates it. Renewed files take
 * effect within seconds and without a restart; an invalid pair is logged, and the old one stays in force.
 */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, type Server } from 'node:tls';
import { ConfigError, type Config } from '../config/environment.js';
import type { Logger } from '../shared/logger.js';

export type TlsPair = { cert: Buffer; key: Buffer };

/** Polled, because a mounted secret is replaced by moving a link, which a file watch does not see. */
const LOOK_EVERY_MS = 2_000;

/** Reads and checks the pair. Throws `ConfigError` with the file and the reason. */
export function readTlsPair({ certFile, keyFile }: NonNullable<Config['tls']>): TlsPair {
  const pair = { cert: read('TLS_CERT', certFile), key: read('TLS_KEY', keyFile) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new ConfigError([
      `TLS_CERT and TLS_KEY: ${certFile} and ${keyFile} are not a certificate chain and its private key in PEM (${reason(error)})`,
    ]);
  }
  return pair;
}

/** Applies renewed files until the returned function is called. */
export function followTlsPair(
  server: Pick<Server, 'setSecureContext'>,
  files: NonNullable<Config['tls']>,
  logger: Pick<Logger, 'info' | 'error'>,
): () => void {
  const renew = (): void => {
    try {
      server.setSecureContext(readTlsPair(files));
      logger.info({ certFile: files.certFile }, 'the TLS certificate has been renewed');
    } catch (error) {
      logger.error({ err: error }, 'the TLS certificate cannot be renewed; the old one stays in force');
    }
  };
  const names = [files.certFile, files.keyFile];
  for (const name of names) watchFile(name, { interval: LOOK_EVERY_MS, persistent: false }, renew);
  return () => {
    for (const name of names) unwatchFile(name, renew);
  };
}

function read(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError([`${variable}: ${file} cannot be read (${reason(error)})`]);
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
