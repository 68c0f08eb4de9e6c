/** People, their contacts, rules and quiet hours. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import {
  CodeBody,
  ContactBody,
  ErasedReply,
  ReadinessIssuesReply,
  PeopleReply,
  PersonReply,
  QuietHoursBody,
  ReachabilityReply,
  RulesBody,
  TestPageBody,
} from '../../contracts/api/people.js';
import type { Identity } from '../../services/common/identity.js';
import { Caller, Documented, Permission } from '../../http/route.js';
import { PeopleService } from '../../services/people/people.service.js';

const tag = 'People';

@Controller('api/v1')
export class PeopleController {
  constructor(private readonly people: PeopleService) {}

  @Get('people')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'People, their contacts and rules', reply: PeopleReply })
  async list(@Caller() identity: Identity) {
    return { items: await this.people.list(identity), next: null };
  }

  @Get('reachability')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Readiness issues and last contact of every person', reply: ReachabilityReply })
  async reachability() {
    return { items: await this.people.reachability(), next: null };
  }

  @Get('people/:name')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Contacts, rules and quiet hours of a person', reply: PersonReply })
  person(@Param('name') name: string, @Caller() identity: Identity) {
    return this.people.person(name, identity);
  }

  @Get('people/:name/readiness-issues')
  @Permission('oncall.read')
  @Documented({ tag, summary: 'Readiness issues of a person', reply: ReadinessIssuesReply })
  async issues(@Param('name') name: string, @Caller() identity: Identity) {
    return { items: (await this.people.person(name, identity)).issues, next: null };
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
  @Documented({ tag, summary: 'Sends a new code; the previous one expires', reply: PersonReply, status: 202 })
  sendCode(@Param('name') name: string, @Param('contact') contact: string, @Caller() identity: Identity) {
    return this.people.sendCode(name, contact, identity);
  }

  @Post('people/:name/contacts/:contact/verify')
  @HttpCode(200)
  @Permission('session')
  @Documented({ tag, summary: 'Verifies a contact by its code', reply: PersonReply })
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
  @Documented({
    tag,
    summary: 'Sets own notification rules, in place of those of the document',
    reply: PersonReply,
  })
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
  @Documented({
    tag,
    summary: 'Removes own notification rules; those of the document apply',
    reply: PersonReply,
  })
  dropRules(@Param('name') name: string, @Caller() identity: Identity) {
    return this.people.setRules(name, null, identity);
  }

  @Put('people/:name/quiet-hours')
  @Permission('session')
  @Documented({ tag, summary: 'Sets quiet hours, in which low-urgency pages wait', reply: PersonReply })
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
  @Documented({ tag, summary: 'Removes quiet hours', reply: PersonReply })
  dropQuietHours(@Param('name') name: string, @Caller() identity: Identity) {
    return this.people.setQuietHours(name, null, identity);
  }

  @Post('people/:name/erase')
  @HttpCode(200)
  @Permission('people.manage')
  @Documented({
    tag,
    summary: 'Erases a deleted person permanently: addresses, messages, sessions, name and mail address',
    reply: ErasedReply,
  })
  erase(@Param('name') name: string, @Caller() identity: Identity) {
    return this.people.erase(name, identity);
  }

  @Post('people/:name/test-page')
  @HttpCode(202)
  @Permission('session')
  @Documented({ tag, summary: 'Sends a test page now', reply: PersonReply, status: 202 })
  testPage(
    @Param('name') name: string,
    @Body({ schema: TestPageBody }) { contact }: TestPageBody,
    @Caller() identity: Identity,
  ) {
    return this.people.testPage(name, contact ?? null, identity);
  }
}
