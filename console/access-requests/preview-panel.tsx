import { Alert, List } from '@mantine/core';
import { IconBolt, IconHandStop, IconPencil, IconUsers } from '@tabler/icons-react';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import classes from './preview-panel.module.css';
import type { PreviewSummary, StageSummary } from './preview-summary.ts';

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
    <Alert color={color} title={summary.title} icon={<Shape aria-hidden="true" />}>
      <Stages stages={summary.stages} />
      {summary.sentences.length === 1 && summary.sentences[0]}
      {summary.sentences.length > 1 && (
        <List size="sm">
          {summary.sentences.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

/** One stage goes without its name: there is nothing to tell it from. */
function Stages({ stages }: { readonly stages: readonly StageSummary[] }) {
  const [only] = stages;
  if (only === undefined) return null;
  if (stages.length === 1) return <div className={classes.only}>{only.who}</div>;
  return (
    <ol className={classes.stages} aria-label="Stages, in their order">
      {stages.map((stage) => (
        <li key={stage.name}>
          <strong>{stage.name}</strong>: {stage.needs}.<div>{stage.who}</div>
        </li>
      ))}
    </ol>
  );
}
