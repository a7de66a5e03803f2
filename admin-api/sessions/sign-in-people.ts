/** A person as far as sign-in cares. */
export interface SignInPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** The identity provider's name for them; null until they first signed in. */
  readonly sub: string | null;
  readonly disabled: boolean;
}

/** What sign-in needs of people; implemented by the people feature and handed in by the root. */
export interface SignInPeople {
  findBySub(sub: string): Promise<SignInPerson | null>;
  /** Case does not matter. */
  findByEmail(email: string): Promise<SignInPerson | null>;
  /** Only if no `sub` is linked yet. @returns false when somebody was faster, or another person has this `sub` */
  linkSub(personId: string, sub: string): Promise<boolean>;
}
