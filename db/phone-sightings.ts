/** Messages and calls that a provider has called back about, by the ledger key in the callback's address. */
import type { DataSource } from 'typeorm';
import type { SightingPort } from '../activities/ports.js';

export class PhoneSightings implements SightingPort {
  constructor(private readonly dataSource: DataSource) {}

  /** `isDead`: it ended without reaching anybody, so it is no reason not to send again. It stays dead. */
  async note(sighting: {
    tag: string;
    provider: string;
    providerId: string;
    isDead: boolean;
  }): Promise<void> {
    const { tag, provider, providerId, isDead } = sighting;
    await this.dataSource.query(
      `INSERT INTO phone_sighting AS s (tag, provider, provider_id, dead, at)
       SELECT key, $2, $3, $4, tocsin_now() FROM delivery WHERE key = $1
       ON CONFLICT (tag, provider, provider_id) DO UPDATE SET dead = s.dead OR excluded.dead`,
      [tag, provider, providerId, isDead],
    );
  }

  /** A text that a person sent us has been taken before: its provider tells it again. */
  async isTaken(messageId: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM inbound_reply WHERE channel = 'sms' AND message_id = $1`,
      [messageId],
    );
    return rows.length > 0;
  }

  async seen(tag: string, provider: string): Promise<string | null> {
    const rows: { provider_id: string }[] = await this.dataSource.query(
      `SELECT provider_id FROM phone_sighting WHERE tag = $1 AND provider = $2 AND NOT dead ORDER BY at LIMIT 1`,
      [tag, provider],
    );
    return rows[0]?.provider_id ?? null;
  }
}
