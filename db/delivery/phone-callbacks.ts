/** Messages and calls for which a provider has sent a callback, by the ledger key in the callback's URL. */
import type { DataSource } from 'typeorm';
import type { PhoneCallbackPort } from '../../ports/delivery.js';

export class PhoneCallbacks implements PhoneCallbackPort {
  constructor(private readonly dataSource: DataSource) {}

  /** `isDead`: it ended without reaching a person, so it must not prevent another attempt. Dead is final. */
  async note(callback: {
    tag: string;
    provider: string;
    providerId: string;
    isDead: boolean;
  }): Promise<void> {
    const { tag, provider, providerId, isDead } = callback;
    await this.dataSource.query(
      `INSERT INTO phone_callback AS s (tag, provider, provider_id, dead, at)
       SELECT key, $2, $3, $4, tocsin_now() FROM delivery WHERE key = $1
       ON CONFLICT (tag, provider, provider_id) DO UPDATE SET dead = s.dead OR excluded.dead`,
      [tag, provider, providerId, isDead],
    );
  }

  async seen(tag: string, provider: string): Promise<string | null> {
    const rows: { provider_id: string }[] = await this.dataSource.query(
      `SELECT provider_id FROM phone_callback WHERE tag = $1 AND provider = $2 AND NOT dead ORDER BY at LIMIT 1`,
      [tag, provider],
    );
    return rows[0]?.provider_id ?? null;
  }
}
