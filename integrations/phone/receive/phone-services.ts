/** Services that the routes of a phone provider call. */
import type { ProviderCallbacks } from '../../../services/delivery/provider-callbacks.js';
import type { PhoneReplies } from '../../../services/reply/phone-replies.js';

export interface PhoneServices {
  phone: PhoneReplies;
  callbacks: ProviderCallbacks;
}
