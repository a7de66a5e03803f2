import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface ButtonLinkProps extends ButtonProps {
  readonly to: string;
  readonly children: ReactNode;
  readonly 'aria-label'?: string;
}

/** Looks like a button, leads to a screen. */
export function ButtonLink(props: ButtonLinkProps) {
  return <Button component={Link} {...props} />;
}
