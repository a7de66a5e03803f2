import type { Resource } from '../api/resource.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { roleWord } from '../elements/entitlement-words.ts';
import { OpenLink } from '../elements/open-link.tsx';
import { discoverableWord } from './discoverable-words.ts';

const COLUMNS: readonly Column<Resource>[] = [
  {
    title: 'Resource',
    cell: (resource) => <EntitlementLabel entitlement={{ kind: 'resource', resource, scope: null, role: null }} />,
  },
  { title: 'Stands in', cell: placeWords },
  { title: 'Minimum role', cell: ({ minimum_role: role }) => (role === undefined ? '–' : roleWord(role)) },
  {
    title: 'Others learn',
    cell: ({ discoverable }) => (discoverable === undefined ? '–' : discoverableWord(discoverable)),
  },
  {
    title: 'Open',
    titleHidden: true,
    cell: ({ type, id, name }) => <OpenLink to={`/settings/resources/${type}/${id}`} name={name} />,
  },
];

export function ResourcesTable({ resources }: { readonly resources: readonly Resource[] }) {
  return (
    <DataTable
      caption="Resources, by type and id"
      columns={COLUMNS}
      rows={resources}
      rowKey={({ type, id }) => `${type}:${id}`}
    />
  );
}

/** The environment of a Connection, the Connections of a Target. */
function placeWords({ type, environment, connections }: Resource): string {
  if (type === 'target') return connections === undefined || connections.length === 0 ? '–' : connections.join(', ');
  return environment ?? '–';
}
