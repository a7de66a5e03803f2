import { createContext, useContext } from 'react';
import type { Me } from '../api/me.ts';

export const MeContext = createContext<Me | null>(null);

/** The signed-in person. Only below `RequireSession`, which shows nothing before it is known. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error('useMe was used outside of RequireSession.');
  return me;
}
