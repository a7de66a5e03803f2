/** A pass with the notches of a ticket, and an H that stands open. */
export function BrandMark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        fill="var(--mantine-color-pine-7)"
        d="M7 3h18a4 4 0 0 1 4 4v5.2a3.8 3.8 0 0 0 0 7.6V25a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4v-5.2a3.8 3.8 0 0 0 0-7.6V7a4 4 0 0 1 4-4Z"
      />
      <path
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
        d="M11 9v14M11 16h10M21 9v14"
      />
    </svg>
  );
}
