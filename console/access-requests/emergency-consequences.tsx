import { List } from '@mantine/core';

/** What follows from emergency access, in words that leave nothing open. */
export function EmergencyConsequences() {
  return (
    <List spacing={4} size="sm">
      <List.Item>Access opens at once. Nobody is asked first.</List.Item>
      <List.Item>Everybody who could have approved it is told now, with your name and your reason.</List.Item>
      <List.Item>It is marked as emergency access wherever it is shown, and in the audit log for good.</List.Item>
      <List.Item>Somebody reviews it afterwards. Until then you can’t take emergency access again.</List.Item>
    </List>
  );
}
