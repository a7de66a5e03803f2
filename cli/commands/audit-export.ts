import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { say, type CliIo } from '../cli-io.ts';
import { connect } from '../command-context.ts';
import { CliError } from '../exit-code.ts';
import { parseMoment } from '../parse-duration.ts';

interface ExportOptions {
  readonly format: string;
  readonly out?: string;
  readonly from?: string;
  readonly to?: string;
}

export function addAuditCommand(program: Command, io: CliIo): void {
  const audit = program.command('audit').description('the audit log, for Admins');
  audit
    .command('export')
    .description('write the audit log, oldest first, as it streams in')
    .option('--format <format>', 'ndjson or csv', 'ndjson')
    .option('--out <file>', 'instead of standard output; never overwrites')
    .option('--from <time>', 'not before')
    .option('--to <time>', 'before')
    .action(async ({ format, out, from, to }: ExportOptions) => {
      const body = await (
        await connect(io)
      ).stream('/v1/audit-events/export', {
        format,
        from: from === undefined ? undefined : parseMoment(from),
        to: to === undefined ? undefined : parseMoment(to),
      });
      let bytes = 0;
      const counted = body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            bytes += chunk.byteLength;
            controller.enqueue(chunk);
          },
        }),
      );
      await counted.pipeTo(Writable.toWeb(await openTarget(io, out)), {
        preventClose: out === undefined,
        signal: io.signal,
      });
      say(io, `Wrote ${bytes} bytes${out === undefined ? '' : ` to ${out}`}.`);
    });
}

async function openTarget(io: CliIo, out: string | undefined): Promise<Writable> {
  if (out === undefined) return io.stdout as Writable;
  const file = createWriteStream(out, { flags: 'wx', mode: 0o600 });
  await new Promise<void>((resolve, reject) => {
    file.once('open', () => resolve());
    file.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new CliError(error.code === 'EEXIST' ? `${out} is there already.` : `${out} can't be written: ${error.code}`),
      ),
    );
  });
  return file;
}
