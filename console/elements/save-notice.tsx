import { Alert } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';

/** Says that the server has taken what was sent; read out, without taking the focus. */
export function SaveNotice({ shown, children }: { readonly shown: boolean; readonly children: string }) {
  return (
    <div aria-live="polite">
      {shown && <Alert mb="md" color="pine" icon={<IconCheck aria-hidden="true" />} title={children} />}
    </div>
  );
}
