/** Puts together the services of answers; each process makes them once. */
import type { Store } from '../../db/connection/store.js';
import { LinkStore } from '../../db/reply/link-store.js';
import { ProviderCallbacks } from '../delivery/provider-callbacks.js';
import { OncallService } from '../oncall/oncall.service.js';
import { AnswerService } from './answer.service.js';
import { AppReplies } from './app-replies.js';
import { ChatQuestions } from './chat-questions.js';
import { ChatReplies } from './chat-replies.js';
import { InboundReplies } from './inbound-reply.service.js';
import { LinkAnswers } from './link-answers.js';
import { LinkViews } from './link-views.js';
import { MailReplies } from './mail-replies.js';
import { PhoneReplies } from './phone-replies.js';

export interface ReplyServices {
  callbacks: ProviderCallbacks;
  replies: InboundReplies;
  phone: PhoneReplies;
  chat: ChatReplies;
  mail: MailReplies;
  app: AppReplies;
}

export function createReplyServices(store: Store): ReplyServices {
  const { dataSource, snapshots, rootKeys } = store;
  const answers = new AnswerService(store.recorder, snapshots);
  const callbacks = new ProviderCallbacks(store.callbacks, store.phoneCallbacks);
  const replies = new InboundReplies({ dataSource, snapshots, rootKeys, answers });
  const questions = new ChatQuestions(dataSource, snapshots, new OncallService(dataSource, snapshots));
  return {
    callbacks,
    replies,
    phone: new PhoneReplies(replies, store.spend),
    chat: new ChatReplies(dataSource, replies, questions),
    mail: new MailReplies(dataSource, replies, callbacks),
    app: new AppReplies(dataSource, replies, callbacks),
  };
}

export function createLinkServices(store: Store): { views: LinkViews; answers: LinkAnswers } {
  const { dataSource, snapshots, recorder, runCommands } = store;
  const links = new LinkStore(dataSource, store.rootKeys);
  const answers = new AnswerService(recorder, snapshots);
  return {
    views: new LinkViews(dataSource, snapshots, links),
    answers: new LinkAnswers({
      digests: store.digests,
      dataSource,
      snapshots,
      recorder,
      runCommands,
      links,
      answers,
    }),
  };
}
