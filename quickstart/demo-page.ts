import type { Resource } from '../core/access/resource.ts';

/** A page that stands for the product behind the proxy, and shows by its ticks when access ends. */
export function demoPage(resource: Pick<Resource, 'type' | 'id' | 'name'>): string {
  // Names come from this repository's own demo data and hold nothing that HTML would read.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${resource.name}</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0; background: light-dark(#f8f8f4, #141a17); color: light-dark(#1a211d, #e8ece9); }
  header { background: #1b7356; color: #fff; padding: 0.75rem 1.5rem; font-weight: 600; }
  main { max-width: 40rem; margin: 2.5rem auto; padding: 0 1.5rem; }
  a { color: light-dark(#14654b, #7fd3b2); }
  code { background: color-mix(in srgb, currentColor 10%, transparent); padding: 0.1em 0.35em; border-radius: 4px; }
  #live { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 10px; padding: 1rem;
    font-variant-numeric: tabular-nums; }
</style>
</head>
<body>
<header>The product behind the proxy</header>
<main>
<h1>${resource.name}</h1>
<p>This is the demo upstream of <code>${resource.type}:${resource.id}</code>. You are in.</p>
<p id="live" role="status">Connecting to the event stream…</p>
<p>Also here: <a href="echo">echo</a>, <a href="events">events</a>, <a href="slow">slow</a>, and a WebSocket at
<code>ws</code>.</p>
</main>
<script>
  const live = document.getElementById('live');
  const events = new EventSource('events');
  events.addEventListener('tick', (event) => {
    live.textContent = 'Event stream open, tick ' + JSON.parse(event.data).tick;
  });
  events.addEventListener('error', () => {
    live.textContent = 'The event stream was cut.';
  });
</script>
</body>
</html>
`;
}
