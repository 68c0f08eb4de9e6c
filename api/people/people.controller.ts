/** People and how they are reached. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import {
  CodeBody,
  ContactBody,
  ErasedReply,
  HolesReply,
  PeopleReply,
  PersonReply,
  QuietHoursBody,
  ReachabilityReply,
  RulesBody,
  TestPageBody,
} from '../../contracts/api/people.js';
import type { Identity } from '../common/identity.js';
import { Caller, Documented, Permission } from '../common/route.js';
import { PeopleService } from './people.service.js';

const tag = 'People';

@Controller('api/v1')
export class PeopleController {
  constructor(private readonly people: PeopleService) {}

  @Get('people')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Everybody, and how they are reached', reply: PeopleReply })
  async list(@Caller() identity: Identity) {
    return { items: await this.people.list(identity), next: null };
  }

  @Get('reachability')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Who could not be reached, and why', reply: ReachabilityReply })
  async reachability() {
    return { items: await this.people.reachability(), next: null };
  }

  @Get('people/:name')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'How a person is reached', reply: PersonReply })
  person(@Param('name') name: string, @Caller() identity: Identity) {
    return this.people.person(name, identity);
  }

  @Get('people/:name/holes')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'What could keep a page from this person', reply: HolesReply })
  async holes(@Param('name') name: string, @Caller() identity: Identity) {
    return { items: (await this.people.person(name, identity)).holes, next: null };
  }

  @Post('people/:name/contacts')
  @HttpCode(201)
  @Permission('session')
  @Documented({ tag, summary: 'Adds a contact and sends its code', reply: PersonReply, status: 201 })
  add(
    @Param('name') name: string,
    @Body({ schema: ContactBody }) body: ContactBody,
    @Caller() identity: Identity,
  ) {
    return this.people.add(name, body, identity);
  }

  @Post('people/:name/contacts/:contact/send-code')
  @HttpCode(202)
  @Permission('session')
  @Documented({ tag, summary: 'Sends a new code; the one before is over', reply: PersonReply, status: 202 })
  sendCode(@Param('name') name: string, @Param('contact') contact: string, @Caller() identity: Identity) {
    return this.people.sendCode(name, contact, identity);
  }

  @Post('people/:name/contacts/:contact/verify')
  @HttpCode(200)
  @Permission('session')
  @Documented({ tag, summary: 'Proves that a contact reaches the person', reply: PersonReply })
  verify(
    @Param('name') name: string,
    @Param('contact') contact: string,
    @Body({ schema: CodeBody }) { code }: CodeBody,
    @Caller() identity: Identity,
  ) {
    return this.people.verify(name, contact, code, identity);
  }

  @Delete('people/:name/contacts/:contact')
  @HttpCode(200)
  @Permission('session')
  @Documented({ tag, summary: 'Removes a contact', reply: PersonReply })
  remove(@Param('name') name: string, @Param('contact') contact: string, @Caller() identity: Identity) {
    return this.people.remove(name, contact, identity);
  }

  @Put('people/:name/rules')
  @Permission('session')
  @Documented({ tag, summary: 'Who is paged by what, when; instead of the document’s', reply: PersonReply })
  setRules(
    @Param('name') name: string,
    @Body({ schema: RulesBody }) body: RulesBody,
    @Caller() identity: Identity,
  ) {
    return this.people.setRules(name, body, identity);
  }

  @Delete('people/:name/rules')
  @HttpCode(200)
  @Permission('session')
  @Documented({ tag, summary: 'Back to the rules of the document', reply: PersonReply })
  dropRules(@Param('name') name: string, @Caller() identity: Identity) {
    return this.people.setRules(name, null, identity);
  }

  @Put('people/:name/quiet-hours')
  @Permission('session')
  @Documented({ tag, summary: 'When low urgency waits', reply: PersonReply })
  setQuietHours(
    @Param('name') name: string,
    @Body({ schema: QuietHoursBody }) body: QuietHoursBody,
    @Caller() identity: Identity,
  ) {
    return this.people.setQuietHours(name, body, identity);
  }

  @Delete('people/:name/quiet-hours')
  @HttpCode(200)
  @Permission('session')
  @Documented({ tag, summary: 'No quiet hours any more', reply: PersonReply })
  dropQuietHours(@Param('name') name: string, @Caller() identity: Identity) {
    return this.people.setQuietHours(name, null, identity);
  }

  @Post('people/:name/erase')
  @HttpCode(200)
  @Permission('people.manage')
  @Documented({
    tag,
    summary:
      'Erases a person who was deleted: addresses, messages, sessions, name and mail address, for good',
    reply: ErasedReply,
  })
  erase(@Param('name') name: string, @Caller() identity: Identity) {
    return this.people.erase(name, identity);
  }

  @Post('people/:name/test-page')
  @HttpCode(202)
  @Permission('session')
  @Documented({ tag, summary: 'Sends a test page now, about no incident', reply: PersonReply, status: 202 })
  testPage(
    @Param('name') name: string,
    @Body({ schema: TestPageBody }) { contact }: TestPageBody,
    @Caller() identity: Identity,
  ) {
    return this.people.testPage(name, contact ?? null, identity);
  }
}
