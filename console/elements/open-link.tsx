import { VisuallyHidden } from '@mantine/core';
import { ButtonLink } from './button-link.tsx';

/** The last cell of a row: the way to what the row is about. */
export function OpenLink({ to, name }: { readonly to: string; readonly name: string }) {
  return (
    <ButtonLink to={to} variant="default" size="sm">
      Open<VisuallyHidden> {name}</VisuallyHidden>
    </ButtonLink>
  );
}
