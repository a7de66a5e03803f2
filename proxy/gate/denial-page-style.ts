/** The denial page's whole style. Its hash stands in the page's Content-Security-Policy. */
export const DENIAL_PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#f8f8f4;--card:#fff;--ink:#1d2125;--soft:#5a6169;--line:#e3e3de;--accent:#1c7358;--accent-ink:#fff;--code:#f1f1ed;--warn:#b4541a}
@media (prefers-color-scheme:dark){:root{--paper:#181d1b;--card:#1f2624;--ink:#e4e8e6;--soft:#a3aba8;--line:#2d3633;--accent:#6dbd9d;--accent-ink:#0c1f18;--code:#28302d;--warn:#f0a36b}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:1.25rem;padding:1.5rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Ubuntu,sans-serif}
main{width:100%;max-width:34rem;padding:2.25rem;background:var(--card);border:1px solid var(--line);border-radius:14px;box-shadow:0 1px 2px rgb(0 0 0/5%),0 12px 32px rgb(0 0 0/5%)}
.mark{display:flex;align-items:center;gap:.5rem;margin:0 0 1rem;color:var(--soft);font-size:.875rem;letter-spacing:.01em}
.dot{width:.6rem;height:.6rem;border-radius:50%;background:var(--warn)}
.dot-401,.dot-503{background:var(--accent)}
.dot-404{background:var(--soft)}
h1{margin:0 0 .6rem;font-size:1.55rem;line-height:1.25;font-weight:650;overflow-wrap:anywhere;text-wrap:balance}
.why{margin:0 0 .5rem;color:var(--soft)}
.actions{margin:1.5rem 0 0}
.button{display:inline-block;padding:.7rem 1.25rem;border-radius:9px;background:var(--accent);color:var(--accent-ink);font-weight:600;text-decoration:none}
.button:hover{filter:brightness(1.08)}
.button:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.hint{margin:.75rem 0 0;color:var(--soft);font-size:.9rem}
dl{margin:1.75rem 0 0;padding-top:1.25rem;border-top:1px solid var(--line);display:grid;gap:.55rem;font-size:.925rem}
dl div{display:grid;grid-template-columns:8rem 1fr;gap:.75rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
code{padding:.1rem .35rem;border-radius:5px;background:var(--code);font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{max-width:34rem;color:var(--soft);font-size:.85rem;text-align:center}
@media (max-width:30rem){body{padding:1rem;justify-content:flex-start}main{padding:1.5rem}dl div{grid-template-columns:1fr;gap:.1rem}}
`;
