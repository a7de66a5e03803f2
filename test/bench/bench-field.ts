import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type TestChild } from '../support/child-process.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import type { BenchControlPlane } from './bench-control-plane.ts';
import { startBenchSidecar, type BenchSidecar } from './bench-sidecar.ts';
import { pin, pinSelf } from './pin.ts';
import type { StopList } from './stop-list.ts';

const START_TIMEOUT_MS = 120_000;

/** The sidecar alone, with everything it needs: upstream, issuer, a feed with so many grants in it. */
export interface BenchField {
  readonly sidecar: BenchSidecar;
  readonly port: number;
  readonly plane: TestChild;
  /** Of people who may; and the same followed by one who may not. */
  readonly tokenFile: string;
  readonly mixedTokenFile: string;
  readonly refusedTokenFile: string;
}

export async function startBenchField(grants: number, stops: StopList): Promise<BenchField> {
  const directory = await makeTemporaryDirectory('bench');
  stops.add(() => directory.remove());
  const start = (file: string, args: readonly string[] = []): TestChild => startStopped(file, args, stops);
  const upstream = start('plain-upstream.ts');
  const plane = start('bench-control-plane.ts', [String(grants)]);
  const said = JSON.parse((await plane.line('ready ', START_TIMEOUT_MS)).slice('ready '.length)) as BenchControlPlane;
  const upstreamPort = (await upstream.line('listening ')).slice('listening '.length);
  const sidecar = await startBenchSidecar(said, `http://127.0.0.1:${upstreamPort}`, directory.path, { hasProbe: true });
  stops.add(() => sidecar.stop());
  pinSelf(stops);
  pin('measured', [sidecar.pid]);
  const files = {
    tokenFile: said.tokens,
    mixedTokenFile: [...said.tokens, said.refused_tokens[0]!],
    refusedTokenFile: said.refused_tokens,
  };
  const paths = await Promise.all(
    Object.entries(files).map(async ([name, tokens]) => {
      const file = join(directory.path, name);
      await writeFile(file, tokens.join('\n'));
      return [name, file] as const;
    }),
  );
  return {
    sidecar,
    port: Number(new URL(sidecar.url).port),
    plane,
    ...(Object.fromEntries(paths) as Record<keyof typeof files, string>),
  };
}

/** A TypeScript file of test/bench in a process of its own, ended by `stops`. */
export function startStopped(file: string, args: readonly string[], stops: StopList): TestChild {
  const child = startChild(`test/bench/${file}`, args);
  stops.add(async () => {
    child.kill('SIGTERM');
    await child.ended;
  });
  return child;
}
