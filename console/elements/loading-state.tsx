import { Skeleton, VisuallyHidden } from '@mantine/core';

/** Stands where the content will be. */
export function LoadingState({ what, rows = 3 }: { readonly what: string; readonly rows?: number }) {
  return (
    <div aria-live="polite">
      <VisuallyHidden>Loading {what}…</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={64} radius="lg" mb="sm" aria-hidden="true" />
      ))}
    </div>
  );
}
