/**
 * The first field with an error takes the focus, as it does in a form without scripts.
 * @param errors by the field's `data-field`
 */
export function focusFirstError(errors: Readonly<Record<string, string | undefined>>): void {
  const [first] = Object.entries(errors).find(([, message]) => message !== undefined) ?? [];
  if (first !== undefined) document.querySelector<HTMLElement>(`[data-field="${first}"]`)?.focus();
}
