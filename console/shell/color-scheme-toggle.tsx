import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';

/** Until it is pressed the system's choice holds. */
export function ColorSchemeToggle() {
  // keepTransitions: turning them off writes a <style> element, which the content security policy refuses.
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const current = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const next = current === 'light' ? 'dark' : 'light';
  return (
    <ActionIcon
      variant="default"
      size={36}
      aria-label={`Switch to ${next} colours`}
      onClick={() => setColorScheme(next)}
    >
      {current === 'light' ? <IconMoon size={18} stroke={1.7} /> : <IconSun size={18} stroke={1.7} />}
    </ActionIcon>
  );
}
