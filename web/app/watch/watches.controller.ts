/** Pages of watches. */
import { Controller, Param } from '@nestjs/common';
import { stringify } from 'yaml';
import type { WatchSpec } from '../../../domain/watch/watch-spec.js';
import { notFound } from '../../../services/common/problem.js';
import { DocumentReader } from '../../../services/config/document-reader.js';
import { WatchesService, type WatchSimulation } from '../../../services/watch/watches.service.js';
import { attempt, type Refusal } from '../attempt.js';
import { PageCall } from '../page-call.js';
import type { PageContext } from '../page-contexts.js';
import { Page, PageForm, PageRead } from '../page-route.js';
import { proposedSpec } from '../proposed-spec.js';
import { watchPage } from './watch-page.js';
import { watchesPage } from './watches-page.js';

@Controller('watches')
export class WatchPagesController {
  constructor(
    private readonly watches: WatchesService,
    private readonly documents: DocumentReader,
  ) {}

  @PageRead('', { permission: 'incidents.read', summary: 'Watches, and where each stands' })
  async list(@Page() page: PageCall): Promise<void> {
    await page.show(watchesPage(await page.context(), await this.watches.list()));
  }

  @PageRead(':name', { permission: 'incidents.read', summary: 'One watch with its picture' })
  show(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    return this.draw(page, name, { typed: null, simulation: null, refusal: null });
  }

  @PageForm(':name', {
    permission: 'incidents.read',
    summary: 'What a watch, or other bands, would have told in the last week',
    status: 200,
  })
  async simulate(@Page() page: PageCall, @Param('name') name: string): Promise<void> {
    const spec = specOf(await page.context(), name);
    const typed = page.words('proposal') ?? shownSpec(spec);
    const { refusal, value } = await attempt(async () => {
      const { service, displayName, unit, source, every, usersAffected } = spec;
      const kept = { service, displayName, unit, source, every, usersAffected };
      const text = `${typed}\n${stringify(JSON.parse(JSON.stringify(kept)))}`;
      const proposed = await proposedSpec({ kind: 'Watch', name, what: 'one watch' }, text, (documents) =>
        this.documents.parse(page.caller.actor, documents, { file: 'proposal' }),
      );
      // The schema of its kind has checked it.
      return this.watches.simulate(name, proposed as WatchSpec);
    });
    await this.draw(page, name, { typed, simulation: value, refusal });
  }

  private async draw(
    page: PageCall,
    name: string,
    {
      typed,
      simulation,
      refusal,
    }: { typed: string | null; simulation: WatchSimulation | null; refusal: Refusal | null },
  ): Promise<void> {
    const context = await page.context();
    const proposal = typed ?? shownSpec(specOf(context, name));
    const watch = await this.watches.get(name);
    await page.show(
      watchPage(context, { watch, proposal, simulation, flash: refusal?.flash ?? null }),
      refusal,
    );
  }
}

function specOf({ snapshot }: PageContext, name: string): WatchSpec {
  const document = snapshot.get('Watch', name);
  if (document === undefined) throw notFound(`There is no watch ${name.slice(0, 64)}.`);
  return document.spec;
}

/** What decides; its source and its address are left out. */
const shownSpec = ({ expected, acceptable, direction, bands, hysteresis, noData }: WatchSpec): string =>
  stringify({ expected, acceptable, direction, bands, hysteresis, noData }, { lineWidth: 110 });
