import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './channel-section.module.css';

interface ChannelRowProps {
  readonly icon: ReactNode;
  readonly name: string;
  readonly connected: boolean;
  readonly children: ReactNode;
}

/** One way to reach somebody, and whether it works. */
export function ChannelRow({ icon, name, connected, children }: ChannelRowProps) {
  return (
    <div className={classes.channel}>
      {icon}
      <div className={classes.words}>
        <div className={classes.head}>
          <h3 className={classes.name}>{name}</h3>
          <Badge size="md" color={connected ? 'pine' : 'gray'}>
            {connected ? 'Connected' : 'Not connected'}
          </Badge>
        </div>
        <div>{children}</div>
      </div>
    </div>
  );
}
