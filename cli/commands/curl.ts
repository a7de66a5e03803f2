import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { meSchema } from '../access-request.ts';
import { say, type CliIo } from '../cli-io.ts';
import { connect } from '../command-context.ts';
import { CliError, EXIT, type ExitCode } from '../exit-code.ts';
import { parseDuration } from '../parse-duration.ts';
import { waitForDecision } from '../wait-for-decision.ts';
import { readDenial, type Denial } from '../read-denial.ts';
import { sendUntilSettled } from '../send-until-settled.ts';
import { assertApproved, askReason, fileRequest } from './request.ts';

interface CurlOptions {
  readonly request?: string;
  readonly header: readonly string[];
  readonly data?: string;
  readonly output?: string;
  readonly include?: boolean;
  readonly fail?: boolean;
  readonly for: string;
  readonly reason?: string;
}

/** `hallpass curl`: one HTTP call that, refused for lack of access, asks for it, waits, and is made again. */
export function addCurlCommand(program: Command, io: CliIo, finish: (code: ExitCode) => void): void {
  program
    .command('curl')
    .description('make one HTTP call through a sidecar; where it is refused, ask for access, wait, and go on')
    .argument('<url>', 'an address that a Hallpass sidecar serves')
    .option('-X, --request <method>', 'GET, or POST where there is data')
    .option('-H, --header <line>', 'a header; may be repeated', (line: string, all: string[]) => [...all, line], [])
    .option('-d, --data <text>', 'the body; @file reads a file, @- standard input')
    .option('-o, --output <file>', 'write the body there')
    .option('-i, --include', 'print status and headers too')
    .option('-f, --fail', 'exit with 1 when the answer is 400 or above')
    .option('--for <duration>', 'how long to ask for', '1h')
    .option('--reason <text>', 'why; asked for on a terminal when it is needed')
    .action(async (url: string, options: CurlOptions) => {
      const seconds = parseDuration(options.for);
      const call = await readCall(io, url, options);
      const api = await connect(io);
      const me = meSchema.parse(await api.get('/v1/me'));
      assertServedBySidecar(call.url, me.sidecar_urls);
      call.headers.set('authorization', `Bearer ${api.token}`);

      let response = await sendUntilSettled(call, io.signal);
      const denial = await readDenial(response);
      if (denial !== null) {
        await getAccess(denial);
        response = await sendUntilSettled(call, io.signal);
      }
      await writeAnswer(io, response, options);
      if (options.fail && response.status >= 400) finish(EXIT.failed);

      async function getAccess(refused: Denial): Promise<void> {
        say(io, `Refused: ${refused.detail}`);
        const reason = options.reason ?? (await askReason(io));
        const filed = await fileRequest(api, {
          resource: refused.resource,
          binding_token: refused.access_request.binding_token,
          duration_seconds: seconds,
          reason,
        });
        say(io, `Asked; waiting for a decision: ${api.url}/access-requests/${filed.id}`);
        assertApproved(await waitForDecision(api, filed.id, io.signal));
        say(io, 'Approved; going on.');
      }
    });
}

async function readCall(io: CliIo, url: string, options: CurlOptions) {
  if (!URL.canParse(url)) throw new CliError(`"${url}" is no URL.`, EXIT.usage);
  const headers = new Headers({ accept: '*/*' });
  for (const line of options.header) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new CliError(`"${line}" is no header. Write Name: value.`, EXIT.usage);
    headers.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  const body = options.data === undefined ? null : await readData(io, options.data);
  if (body !== null && !headers.has('content-type')) {
    headers.set('content-type', 'application/x-www-form-urlencoded');
  }
  return { url: new URL(url), method: options.request ?? (body === null ? 'GET' : 'POST'), headers, body };
}

/** Read whole, because the call may have to be made twice. */
async function readData(io: CliIo, data: string): Promise<Buffer> {
  if (data === '@-') return Buffer.from(await io.readAll());
  if (!data.startsWith('@')) return Buffer.from(data);
  try {
    return await readFile(data.slice(1));
  } catch (error) {
    throw new CliError(`${data.slice(1)} can't be read: ${(error as NodeJS.ErrnoException).code}`, EXIT.usage);
  }
}

/** The token goes to sidecars of this Hallpass and to nobody else. */
function assertServedBySidecar(url: URL, sidecarUrls: readonly string[]): void {
  const isServed = sidecarUrls.some((text) => {
    const base = new URL(text);
    const path = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
    return base.origin === url.origin && (url.pathname.startsWith(path) || url.pathname === base.pathname);
  });
  if (!isServed) {
    throw new CliError(`No sidecar of this Hallpass serves ${url.origin}, so your token is not sent there.`);
  }
}

async function writeAnswer(io: CliIo, response: Response, options: CurlOptions): Promise<void> {
  if (options.include) {
    const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    io.stdout.write(`HTTP/1.1 ${response.status} ${response.statusText}\n${lines.join('\n')}\n\n`);
  }
  const target = options.output === undefined ? (io.stdout as Writable) : createWriteStream(options.output);
  if (response.body === null) return;
  await response.body.pipeTo(Writable.toWeb(target), { preventClose: options.output === undefined, signal: io.signal });
}
