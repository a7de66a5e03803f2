import { Button, Input, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import type { AccessRequest, SuggestedScope } from '../api/access-request.ts';
import type { NamedEntitlement } from '../api/entitlement.ts';
import { entitlementKeyText, entitlementKindWord, entitlementName } from '../elements/entitlement-words.ts';
import { SomethingElse } from './something-else.tsx';

const AS_ASKED = 'as-asked';
const OTHER = 'other';

/** So many suggestions at first; the narrowest ones are the likely ones. */
const SHOWN = 3;

interface GiveInsteadProps {
  readonly request: AccessRequest;
  /** null: what was asked for. */
  readonly value: NamedEntitlement | null;
  readonly onChange: (value: NamedEntitlement | null) => void;
  readonly error?: string | undefined;
}

/** The thing itself, a Scope that covers it, the narrowest first, each with what else it would open, or something else. */
export function GiveInstead({ request, value, onChange, error }: GiveInsteadProps) {
  const [other, setOther] = useState(false);
  const [all, setAll] = useState(false);
  const suggested = request.suggested_scopes ?? [];
  const shown = all ? suggested : suggested.slice(0, SHOWN);
  const chosen = other ? OTHER : value === null ? AS_ASKED : entitlementKeyText(value);
  const choose = (key: string) => {
    setOther(key === OTHER);
    const scope = suggested.find(({ id }) => `scope:${id}` === key);
    onChange(scope === undefined ? null : { kind: 'scope', scope, resource: null, role: null });
  };
  return (
    <Radio.Group label="What to give" value={chosen} onChange={choose}>
      <Stack gap="sm" mt="xs">
        <Radio
          value={AS_ASKED}
          label={`${entitlementName(request)} (as asked)`}
          description={`Only this ${entitlementKindWord(request)}.`}
        />
        {shown.map((scope) => (
          <Radio
            key={scope.id}
            value={`scope:${scope.id}`}
            label={`Scope ${scope.name} instead`}
            description={opens(scope)}
          />
        ))}
        {shown.length < suggested.length && (
          <Button variant="subtle" size="compact-md" w="fit-content" onClick={() => setAll(true)}>
            Show {suggested.length - shown.length} wider Scopes
          </Button>
        )}
        <Radio value={OTHER} label="Something else…" description="Another resource, Scope or Role." />
        {other && <SomethingElse onChange={onChange} />}
        {error !== undefined && <Input.Error role="alert">{error}</Input.Error>}
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

/** So many are named; of a Scope over thousands the number says more. */
const NAMED = 6;

function listed(names: readonly string[], one: string, many: string): string {
  if (names.length === 0) return '';
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.length === 1 ? one : many} ${names.slice(0, NAMED).join(', ')}${more}`;
}
