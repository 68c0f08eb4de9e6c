/** Reads everything that the page of one incident shows. */
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ReactElement } from 'react';
import { LinkStore } from '../../../db/link-store.js';
import type { Store } from '../../../db/store.js';
import { getAnswers } from '../../../db/views/answers-view.js';
import { listDeliveries } from '../../../db/views/delivery-view.js';
import { getState } from '../../../db/views/desk-view.js';
import { listRuns } from '../../../db/views/run-view.js';
import { getWhy } from '../../../db/views/why-view.js';
import { readTurns } from '../../../db/round-robin.js';
import { getTimeline } from '../../../db/views/timeline-view.js';
import type { Identity } from '../../common/identity.js';
import { STORE } from '../../common/tokens.js';
import { IncidentsService } from '../../incidents/incidents.service.js';
import { outlookOf } from '../outlook.js';
import { diagnosticsOf } from '../ui/incident-bits.js';
import type { Said } from '../ui/notice.js';
import { Desk } from './desk.js';
import { incidentPage } from './incident-page.js';

const EVENTS_SHOWN = 60;
const DELIVERIES_SHOWN = 100;

@Injectable()
export class IncidentRoom {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly desk: Desk,
    private readonly incidents: IncidentsService,
    private readonly links: LinkStore,
  ) {}

  async page(
    number: string,
    caller: Identity,
    request: FastifyRequest,
    { before, said }: { before: string | null; said: Said | null },
  ): Promise<ReactElement> {
    const { dataSource } = this.store;
    const incident = await this.incidents.get(number);
    const room = await this.desk.room(request, caller);
    const whole = await getState(dataSource, incident.id);
    const timeline = await getTimeline(dataSource, incident.id, {
      limit: EVENTS_SHOWN,
      newestFirst: true,
      ...(before === null ? {} : { cursor: before }),
    });
    const turns = await readTurns(dataSource, { isDrill: whole !== null && whole.state.drill !== null });
    const whys = await getWhy(dataSource, incident.id, null, room.snapshot);
    const own =
      caller.person === null || whys.some((why) => why.person === caller.person) ? [] : [caller.person];
    const ownWhy = await getWhy(dataSource, incident.id, own, room.snapshot);
    const deliveries = await listDeliveries(dataSource, incident.id, { limit: DELIVERIES_SHOWN });
    return incidentPage(room, {
      incident,
      outlooks:
        whole === null ? [] : outlookOf(whole.state, whole.response, room.snapshot, room.viewing.now, turns),
      runs: await listRuns(dataSource, incident.id),
      diagnostics: diagnosticsOf(await this.links.story(incident.id)),
      timeline: timeline.items,
      older: timeline.next,
      deliveries: deliveries.items,
      answers: await getAnswers(dataSource, incident.id),
      whys: [...ownWhy, ...whys],
      said,
    });
  }
}
