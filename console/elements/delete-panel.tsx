import { Button, Paper, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useRepeatable } from '../api/use-repeatable.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

interface DeletePanelProps {
  /** As in `Delete AWS production?` */
  readonly name: string;
  readonly intro: string;
  /** What the deletion ends. */
  readonly warning: ReactNode;
  readonly send: (idempotencyKey: string) => Promise<unknown>;
  /** Forgets what is no longer true; the list comes next. */
  readonly onDeleted: () => Promise<unknown>;
  readonly listPath: string;
}

/** The way to delete what a page is about, with a question before it. */
export function DeletePanel({ name, intro, warning, send, onDeleted, listPath }: DeletePanelProps) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const once = useRepeatable((_: string, key) => send(key));
  const remove = useMutation({
    mutationFn: once,
    onSuccess: async () => {
      await navigate(listPath, { replace: true });
      await onDeleted();
    },
  });
  return (
    <Paper>
      <Stack align="flex-start">
        <Text>{intro}</Text>
        <Button color="brick" variant="outline" onClick={() => setAsking(true)}>
          Delete {name}
        </Button>
      </Stack>
      <ConfirmDialog
        opened={asking}
        title={`Delete ${name}?`}
        confirmLabel="Delete"
        keepLabel="Keep it"
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(name)}
        onClose={() => setAsking(false)}
      >
        {warning}
      </ConfirmDialog>
    </Paper>
  );
}
