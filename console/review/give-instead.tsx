import { Radio, Stack } from '@mantine/core';
import type { AccessRequest, SuggestedScope } from '../api/access-request.ts';
import { entitlementKindWord, entitlementName } from '../elements/entitlement-words.ts';

const AS_ASKED = 'as-asked';

interface GiveInsteadProps {
  readonly request: AccessRequest;
  /** null: what was asked for. */
  readonly scopeId: string | null;
  readonly onChange: (scopeId: string | null) => void;
}

/** The thing itself, or a Scope that covers it, the narrowest first, each with what else it would open. */
export function GiveInstead({ request, scopeId, onChange }: GiveInsteadProps) {
  const scopes = request.suggested_scopes ?? [];
  if (scopes.length === 0) return null;
  return (
    <Radio.Group
      label="What to give"
      value={scopeId === null ? AS_ASKED : `scope:${scopeId}`}
      onChange={(value) => onChange(value === AS_ASKED ? null : value.slice('scope:'.length))}
    >
      <Stack gap="sm" mt="xs">
        <Radio
          value={AS_ASKED}
          label={`${entitlementName(request)} (as asked)`}
          description={`Only this ${entitlementKindWord(request)}.`}
        />
        {scopes.map((scope) => (
          <Radio
            key={scope.id}
            value={`scope:${scope.id}`}
            label={`Scope ${scope.name} instead`}
            description={opens(scope)}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** `Opens everything in environment production; Connections aws-production, payroll; Target billing-db.` */
function opens(scope: SuggestedScope): string {
  const parts = [
    listed(scope.environments, 'everything in environment', 'everything in environments'),
    listed(scope.connections, 'Connection', 'Connections'),
    listed(scope.targets, 'Target', 'Targets'),
  ].filter((part) => part !== '');
  return parts.length === 0 ? scope.description : `Opens ${parts.join('; ')}.`;
}

function listed(names: readonly string[], one: string, many: string): string {
  return names.length === 0 ? '' : `${names.length === 1 ? one : many} ${names.join(', ')}`;
}
