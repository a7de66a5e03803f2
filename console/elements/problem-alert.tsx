import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiProblem } from '../api/api-problem.ts';

interface ProblemAlertProps {
  readonly error: unknown;
  /** Fields of the form that show their messages themselves, with what is inside of them. */
  readonly ownFields?: readonly string[];
}

/** Beside the button that failed: what the server said about it, read out at once. */
export function ProblemAlert({ error, ownFields }: ProblemAlertProps) {
  if (error === null || error === undefined) return null;
  const problem = error instanceof ApiProblem ? error : null;
  const said = problem?.message;
  const errors = (problem?.errors ?? []).filter(
    ({ field, message }) =>
      message !== said &&
      `${field}: ${message}` !== said &&
      ownFields?.some((own) => field === own || field.startsWith(`${own}.`)) !== true,
  );
  return (
    <Alert
      role="alert"
      color="brick"
      title={problem?.title ?? 'Something went wrong'}
      icon={<IconAlertTriangle aria-hidden="true" />}
    >
      {said ?? 'Nothing was changed. Try again.'}
      {errors.map(({ field, message }) => (
        <div key={`${field} ${message}`}>
          {field === '' ? '' : `${field}: `}
          {message}
        </div>
      ))}
    </Alert>
  );
}
