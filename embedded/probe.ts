/** Health check of a process on this machine. */
import { get } from 'node:http';
import { get as getByTls } from 'node:https';

/** True when `url` answers with a 2xx within two seconds; never throws. */
export function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    // The certificate names the public host, but this request goes to the same machine.
    const options = { timeout: 2_000, agent: false, rejectUnauthorized: false } as const;
    const ask = url.startsWith('https:') ? getByTls : get;
    const request = ask(url, options, (response) => {
      response.resume();
      resolve(response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('close', () => resolve(false));
  });
}
