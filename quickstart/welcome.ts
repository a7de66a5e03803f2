import { isAtLeast } from '../core/access/role.ts';
import { DEMO_PEOPLE } from './demo-people.ts';

export interface Addresses {
  readonly proxy: string;
  readonly admin: string;
  readonly decision: string;
  readonly proxy_ops: string;
  readonly admin_ops: string;
}

/** Where things are, who the demo people are, and something to paste. */
export function welcome(
  addresses: Addresses,
  facts: { readonly database: string; readonly queue: string; readonly dataDir: string },
): string {
  const people = DEMO_PEOPLE.map(({ email, role }) => `  ${email.padEnd(20)} ${role.padEnd(7)} ${whatTheyDo(role)}`);
  return `
  Console         ${addresses.admin}
  Proxy           ${addresses.proxy}/connections/aws-production/
  Decision API    ${addresses.decision}/access/v1/evaluation
  Health          ${addresses.proxy_ops}/readyz  ${addresses.admin_ops}/readyz
  Database        ${facts.database}
  Queue           ${facts.queue}
  Data and logs   ${facts.dataDir}

  Demo people; no passwords:
${people.join('\n')}

  Be refused, and see the link that leads to access:

  TOKEN=$(curl -s ${addresses.admin}/quickstart/tokens -H 'content-type: application/json' \\
    -d '{"email":"member@example.com"}' | sed -E 's/.*"token": ?"([^"]+)".*/\\1/')
  curl -i ${addresses.proxy}/connections/aws-production/echo -H "authorization: Bearer $TOKEN"
`;
}

function whatTheyDo(role: (typeof DEMO_PEOPLE)[number]['role']): string {
  if (role === 'owner') return 'reviews requests; there is exactly one owner';
  if (isAtLeast(role, 'admin')) return 'reviews requests of others';
  return role === 'member' ? 'asks for access; is in the Scope staging' : 'asks for access; may only read';
}
