import { Text } from '@mantine/core';
import type { DenialLink } from './denial-link.ts';
import { checkedReturnTo, returnToWords } from './return-to.ts';

/** What was refused, and where one will be taken afterwards; nothing without a denial. */
export function DenialNote({ link }: { readonly link: DenialLink }) {
  const back = checkedReturnTo(link.returnTo);
  if (link.action === null && back === null) return null;
  return (
    <Text c="dimmed" size="sm">
      {link.action !== null && `You were refused: ${link.action}. `}
      {back !== null && `Afterwards you are taken back to ${returnToWords(back)}.`}
    </Text>
  );
}
