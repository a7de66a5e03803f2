import { Alert, List } from '@mantine/core';
import { IconBolt, IconHandStop, IconPencil, IconUsers } from '@tabler/icons-react';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import type { PreviewSummary } from './preview-summary.ts';

const LOOKS = {
  open: { color: 'pine', icon: IconUsers },
  automatic: { color: 'pine', icon: IconBolt },
  unfinished: { color: 'gray', icon: IconPencil },
  closed: { color: 'amber', icon: IconHandStop },
};

interface PreviewPanelProps {
  /** null: not known yet. */
  readonly summary: PreviewSummary | null;
  readonly error: unknown;
}

/** What will become of the request, said before it is sent. */
export function PreviewPanel({ summary, error }: PreviewPanelProps) {
  if (summary === null) return <ProblemAlert error={error} />;
  const { color, icon: Shape } = LOOKS[summary.look];
  return (
    <div aria-live="polite">
      <Alert color={color} title={summary.title} icon={<Shape aria-hidden="true" />}>
        {summary.sentences.length === 1 && summary.sentences[0]}
        {summary.sentences.length > 1 && (
          <List>
            {summary.sentences.map((sentence) => (
              <List.Item key={sentence}>{sentence}</List.Item>
            ))}
          </List>
        )}
      </Alert>
    </div>
  );
}
