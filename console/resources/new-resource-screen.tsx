import { useNavigate } from 'react-router';
import { Page } from '../elements/page.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { EMPTY_RESOURCE } from './resource-draft.ts';
import { ResourceForm } from './resource-form.tsx';
import { useResourceForm } from './use-resource-form.ts';

export function NewResourceScreen() {
  return (
    <AdminsOnly title="New resource" what="the list of resources">
      <Page narrow title="New resource" intro={<TextLink to="/settings/resources">All resources</TextLink>}>
        <NewResource />
      </Page>
    </AdminsOnly>
  );
}

function NewResource() {
  const navigate = useNavigate();
  const state = useResourceForm({
    initial: EMPTY_RESOURCE,
    isNew: true,
    onSaved: ({ type, id }) => navigate(`/settings/resources/${type}/${id}`, { replace: true }),
  });
  return <ResourceForm state={state} isNew />;
}
