/** Facts about the reader that every page shows: time zone, pending pages, display names. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { getNames } from '../../db/people/names-view.js';
import { getReader } from '../../db/people/reader-view.js';
import { type DisplayNames, displayNamesIn } from '../../domain/config/display-names.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';

export interface Reader {
  /** Database time, ISO 8601. */
  now: string;
  /** IANA time zone of the person; UTC for API keys. */
  zone: string;
  /** Incidents that page this person now, most urgent first. */
  pagedFor: { number: string; title: string; priority: string; drill: boolean }[];
  /** Display names of everybody, also of people who left, and of the documents in force. */
  names: DisplayNames;
  /** The configuration in force. */
  snapshot: ConfigSnapshot;
}

@Injectable()
export class ReaderService {
  constructor(
    private readonly db: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** `person` null: a key, which is nobody. */
  async reader(person: string | null): Promise<Reader> {
    const snapshot = await this.snapshots.latest(this.db);
    const about = await getReader(this.db, person);
    return { ...about, snapshot, names: displayNamesIn(snapshot, await getNames(this.db)) };
  }
}
