/** Compares the code in a text with the codes of the pages that were sent to its number. */
import type { EntityManager } from 'typeorm';
import { oneCodeAtOnce, textedPages, wrongCodes } from '../../db/reply/reply-pages.js';
import type { ParsedReply } from '../../domain/reply/grammar.js';
import { proofOfPages, proofWithoutPages, type SmsProof } from '../../domain/reply/sms-proof.js';
import { type RootKeys, smsCode } from '../../shared/keys.js';

export async function smsProof(
  tx: EntityManager,
  rootKeys: RootKeys,
  {
    from,
    parsed,
    code,
    people,
  }: { from: string; parsed: ParsedReply; code: string | null; people: string[] },
): Promise<SmsProof> {
  const early = proofWithoutPages(parsed, code);
  if (early !== null) return early;
  await oneCodeAtOnce(tx, people);
  const pages = await textedPages(tx, people, from);
  return proofOfPages(parsed, {
    wrongCodes: await wrongCodes(tx, people),
    pages: pages.map(({ key, number, isOpen }) => ({
      number,
      isOpen,
      isNamed: rootKeys.some((root) => smsCode(root, key) === code),
    })),
  });
}
