import { HTTP_PROBLEMS } from '../http/problem-table.ts';
import type { HttpProblem } from '../http/problem.ts';

/** A page without script or style, for somebody who could not be signed in. */
export function signInProblemPage(problem: HttpProblem, signInPath: string): { status: number; html: string } {
  const kind = HTTP_PROBLEMS[problem.code];
  const title = escapeHtml(kind?.title ?? 'Signing in did not work');
  return {
    status: problem.status ?? kind?.status ?? 500,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Hallpass</title>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${escapeHtml(problem.message)}</p>
<p><a href="${escapeHtml(signInPath)}">Sign in again</a></p>
</main>
</body>
</html>
`,
  };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
