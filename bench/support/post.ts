/** POSTs over persistent connections; rejects on anything but 2xx. */
import { Pool } from 'undici';

export type Post = (path: string, body: unknown, headers?: Record<string, string>) => Promise<void>;

export function poster(origin: string): Post {
  const pool = new Pool(origin, { connections: 64 });
  return async (path, content, headers = {}) => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(content),
    });
    const text = await body.text();
    if (statusCode >= 300) throw new Error(`${path} answered ${statusCode}: ${text.slice(0, 200)}`);
  };
}
