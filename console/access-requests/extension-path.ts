/** The address of the form that asks for more time. */
export function extensionPath(grantId: string): string {
  return `/access-requests/new?extend=${encodeURIComponent(grantId)}`;
}
