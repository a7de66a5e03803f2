import { Badge, Group } from '@mantine/core';
import type { AccessRequest } from '../api/access-request.ts';

interface RequestMarksProps {
  readonly request: AccessRequest;
  readonly mine: boolean;
}

/** What a reviewer should know of a request before opening it. */
export function RequestMarks({ request, mine }: RequestMarksProps) {
  const marks = [
    request.break_glass != null && { words: 'Break-glass', color: 'brick' },
    request.extends_grant != null && { words: 'Extension', color: 'pine' },
    request.bundle_id != null && { words: 'One of several', color: 'gray' },
    mine && { words: 'Your own', color: 'gray' },
  ].filter((mark) => mark !== false);
  if (marks.length === 0) return null;
  return (
    <Group gap={6} mt={6}>
      {marks.map(({ words, color }) => (
        <Badge key={words} color={color} size="md">
          {words}
        </Badge>
      ))}
    </Group>
  );
}
