import { Anchor, type AnchorProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface TextLinkProps extends AnchorProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly 'aria-label'?: string;
}

/** A link to a screen, underlined, so that it is known without its colour. */
export function TextLink(props: TextLinkProps) {
  return <Anchor component={Link} underline="always" {...props} />;
}
