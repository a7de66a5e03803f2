import { Paper } from '@mantine/core';
import type { NamedEntitlement } from '../api/entitlement.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { TermList } from '../elements/term-list.tsx';
import { useMe } from '../shell/me-context.ts';
import { checkedReturnTo, returnToWords } from './return-to.ts';

interface RequestFactsProps {
  readonly named: NamedEntitlement;
  readonly description: string;
  readonly action: string | null;
  readonly returnTo: string | null;
}

/** What is known without asking: who, what for, and where they will be taken afterwards. */
export function RequestFacts({ named, description, action, returnTo }: RequestFactsProps) {
  const me = useMe();
  const back = checkedReturnTo(returnTo);
  return (
    <Paper py="sm">
      <TermList
        terms={[
          { name: 'Who asks', value: <PersonName person={me} /> },
          { name: 'What for', value: <EntitlementLabel entitlement={named} /> },
          ...(description === '' ? [] : [{ name: 'About it', value: description }]),
          ...(action === null ? [] : [{ name: 'Refused action', value: action }]),
          ...(back === null ? [] : [{ name: 'Afterwards', value: `Back to ${returnToWords(back)}` }]),
        ]}
      />
    </Paper>
  );
}
