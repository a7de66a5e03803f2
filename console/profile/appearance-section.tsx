import { SegmentedControl, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { Section } from '../elements/section.tsx';

const SCHEMES = [
  { value: 'auto', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const satisfies readonly { readonly value: MantineColorScheme; readonly label: string }[];

/** Kept in this browser, not with the person. */
export function AppearanceSection() {
  // keepTransitions: turning them off writes a <style> element, which the content security policy refuses.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <Section title="Colours in this browser">
      <div>
        <SegmentedControl
          aria-label="Colours"
          data={[...SCHEMES]}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
          size="md"
        />
      </div>
    </Section>
  );
}
