import { useEffect, useState, type RefObject } from 'react';
import { useLocation, useNavigationType } from 'react-router';

/**
 * What a browser does when a page is opened and a router has to do itself: start at the top, and move the focus to the
 * heading, so that it is read out. Going back keeps the place; the first page after a load has the focus of the browser.
 */
export function useArrival(heading: RefObject<HTMLElement | null>): void {
  const { key } = useLocation();
  const navigationType = useNavigationType();
  const [arrival] = useState({ byLoad: key === 'default', goingBack: navigationType === 'POP' });
  useEffect(() => {
    if (!arrival.goingBack) window.scrollTo(0, 0);
    if (!arrival.byLoad) heading.current?.focus({ preventScroll: true });
  }, [arrival, heading]);
}
