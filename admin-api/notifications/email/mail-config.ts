/** How mail goes out; null where a control plane sends none. */
export interface MailConfig {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  readonly smtpUrl: string;
  readonly from: { readonly name: string; readonly address: string };
}
