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
  body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  code { background: color-mix(in srgb, currentColor 10%, transparent); padding: 0.1em 0.3em; border-radius: 4px; }
  #live { font-variant-numeric: tabular-nums; }
</style>
</head>
<body>
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
