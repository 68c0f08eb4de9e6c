/** Deliveries to one person, over all incidents. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import type { Page } from '../../db/connection/page.js';
import {
  listPersonDeliveries,
  type PersonDeliveryReply,
  type PersonQuestion,
} from '../../db/delivery/delivery-view.js';
import { notFound } from '../common/problem.js';

export type { Page } from '../../db/connection/page.js';
export type { PersonDeliveryReply } from '../../db/delivery/delivery-view.js';

@Injectable()
export class DeliveriesService {
  constructor(
    private readonly db: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  async ofPerson(person: string, question: PersonQuestion): Promise<Page<PersonDeliveryReply>> {
    const snapshot = await this.snapshots.latest(this.db);
    if (snapshot.get('Person', person) === undefined)
      throw notFound(`There is no person ${person.slice(0, 64)}.`);
    return listPersonDeliveries(this.db, person, question);
  }
}
