/** For how long: an amount from the beginning, seconds (null: permanent), or a fixed end. */
export type AskedTime = { readonly duration_seconds: number | null } | { readonly until: string };
