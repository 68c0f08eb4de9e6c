/** Deliveries to one person, over all incidents. */
import { Controller, Get, Param, Query } from '@nestjs/common';
import { PersonDeliveriesQuery, PersonDeliveriesReply } from '../../contracts/api/incident.js';
import { DeliveriesService } from '../../services/delivery/deliveries.service.js';
import { Documented, Permission } from '../../http/route.js';

@Controller('api/v1/people')
export class PersonDeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get(':name/deliveries')
  @Permission('incidents.read')
  @Documented({
    tag: 'People',
    summary: 'Deliveries to one person, newest first, with their state',
    reply: PersonDeliveriesReply,
  })
  list(@Param('name') name: string, @Query({ schema: PersonDeliveriesQuery }) query: PersonDeliveriesQuery) {
    return this.deliveries.ofPerson(name, query);
  }
}
