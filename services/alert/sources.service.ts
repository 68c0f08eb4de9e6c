/** Sources with what is known of them, how their sender is pointed at them, and a new ingest key. */
import { DataSource } from 'typeorm';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config/environment.js';
import { readSourceFacts } from '../../db/alert/source-view.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import type { SourceFormat } from '../../domain/alert/source-spec.js';
import { type Wiring, wiringOf } from '../../domain/alert/wiring.js';
import type { ConfigDocument } from '../../domain/config/specs.js';
import type { Identity } from '../common/identity.js';
import { notFound } from '../common/problem.js';
import { CONFIG } from '../common/tokens.js';
import { ConfigurationService } from '../config/configuration.service.js';
import { newIngestKey } from '../config/new-secrets.js';

export interface SourceItem {
  name: string;
  format: SourceFormat;
  /** Where no route matches; null: by its routes alone. */
  service: string | null;
  lastHeardAt: string | null;
  openAlerts: number;
  heldAlerts: number;
  refused: number;
}

/** `wiring` has a word in place of the key, which is known by its hash alone; a new key is in it. */
export type SourceDetail = SourceItem & { wiring: Wiring };

const KEY_WORD = 'YOUR_KEY';

@Injectable()
export class SourcesService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicUrl'>,
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
    private readonly configuration: ConfigurationService,
  ) {}

  /** By name. */
  async list(): Promise<SourceItem[]> {
    const documents = (await this.snapshots.latest(this.dataSource)).list('Source');
    return this.withFacts(documents);
  }

  async get(name: string): Promise<SourceDetail> {
    const document = await this.find(name);
    const [item] = await this.withFacts([document]);
    if (item === undefined) throw noSource(name);
    return { ...item, wiring: wiringOf(document.spec.format, this.config.publicUrl, KEY_WORD) };
  }

  /** Gives the source another key, shown once: messages with the one before are refused from now on, and counted as refused. */
  async renewKey(name: string, identity: Identity): Promise<SourceDetail & { key: string }> {
    const { spec } = await this.find(name);
    const key = newIngestKey();
    const position = { line: 1, col: 1 };
    await this.configuration.apply({
      documents: [
        { kind: 'Source', name, spec: { ...spec, key }, file: 'new key', position, locate: () => position },
      ],
      prune: false,
      identity,
    });
    const source = await this.get(name);
    return { ...source, wiring: wiringOf(source.format, this.config.publicUrl, key), key };
  }

  private async find(name: string): Promise<ConfigDocument<'Source'>> {
    const document = (await this.snapshots.latest(this.dataSource)).get('Source', name);
    if (document === undefined) throw noSource(name);
    return document;
  }

  private async withFacts(documents: readonly ConfigDocument<'Source'>[]): Promise<SourceItem[]> {
    const facts = await readSourceFacts(
      this.dataSource,
      documents.map(({ name }) => name),
    );
    const known = new Map(facts.map((one) => [one.source, one]));
    return documents
      .map(({ name, spec }) => {
        const { lastHeardAt = null, openAlerts = 0, heldAlerts = 0, refused = 0 } = known.get(name) ?? {};
        return {
          name,
          format: spec.format,
          service: spec.service ?? null,
          lastHeardAt: lastHeardAt?.toISOString() ?? null,
          openAlerts,
          heldAlerts,
          refused,
        };
      })
      .toSorted((a, b) => a.name.localeCompare(b.name));
  }
}

const noSource = (name: string) => notFound(`There is no source ${name.slice(0, 64)}.`);
