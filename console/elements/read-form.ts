/** Messages by the form's fields, in the order in which it shows them. */
export type FieldErrors = Readonly<Record<string, string | undefined>>;

/** What a form holds, read: ready to be sent, or what is missing. */
export type ReadForm<Sent> = ({ readonly ok: true } & Sent) | { readonly ok: false; readonly errors: FieldErrors };
