import { Paper, Stack, Text, Title } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import { ButtonLink } from '../elements/button-link.tsx';
import classes from './emergency-panel.module.css';

/** The way to emergency access, apart from everything else and without a shortcut. */
export function EmergencyPanel({ path }: { readonly path: string }) {
  return (
    <Paper className={classes.panel} component="section" aria-labelledby="emergency-title">
      <Stack gap="sm" align="flex-start">
        <Title order={3} id="emergency-title" className={classes.title}>
          <IconUrgent size={20} stroke={1.8} aria-hidden="true" />
          Can’t it wait?
        </Title>
        <Text size="sm">
          In an emergency you can open this yourself, for a short time. All reviewers are told, and it is reviewed
          afterwards.
        </Text>
        <ButtonLink to={path} color="brick" variant="outline">
          Emergency access now
        </ButtonLink>
      </Stack>
    </Paper>
  );
}
