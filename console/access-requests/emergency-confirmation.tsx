import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import { EmergencyConsequences } from './emergency-consequences.tsx';
import { useNamedEntitlement } from './use-named-entitlement.ts';
import type { Things } from './asked-things.ts';

interface EmergencyConfirmationProps {
  readonly things: Things;
  readonly opened: boolean;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** The last question before access is taken without anybody's approval. */
export function EmergencyConfirmation({ things, ...dialog }: EmergencyConfirmationProps) {
  const { named } = useNamedEntitlement(things[0]);
  const what = things.length > 1 || named === null ? `${things.length} resources` : entitlementPhrase(named);
  return (
    <ConfirmDialog
      {...dialog}
      title={`Take emergency access to ${what}?`}
      confirmLabel="Take access now"
      keepLabel="Don’t"
    >
      <EmergencyConsequences />
    </ConfirmDialog>
  );
}
