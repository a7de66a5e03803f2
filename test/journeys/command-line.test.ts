import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from '../support/child-process.ts';
import { commandLine, type CommandLine } from '../support/command-line.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';
import { PRODUCTION } from './access-loop.ts';

describe.each(PROFILES)('the command line, %s', (profile) => {
  let stack: Stack;
  let member: CommandLine;
  let admin: CommandLine;
  beforeAll(async () => {
    stack = await startStack(profile);
    const as = async (name: string) =>
      commandLine({ HALLPASS_URL: stack.urls.admin, HALLPASS_TOKEN: await stack.tokenOf(name) });
    member = await as('member');
    admin = await as('admin');
  }, 120_000);
  afterAll(() => stack?.stop());

  const onlyPending = async (): Promise<string> => {
    const { stdout } = await admin.run(['review', '--json']);
    return (JSON.parse(stdout) as { id: string }[])[0]?.id ?? '';
  };

  it('asks, waits, and says what was decided', async () => {
    const waiting = member.run(['request', 'connection:aws-production', '--for', '4h', '--reason', 'INC-7', '--wait']);
    await waitUntil('the request is in the queue', async () => (await onlyPending()) !== '');
    const queue = await admin.run(['review']);
    expect(queue.stdout).toMatch(/^REQUEST .*\nreq_\w+ +Mia Member +connection:aws-production +4h .* INC-7$/m);
    expect((await admin.run(['approve', await onlyPending(), '--for', '30m'])).code).toBe(0);

    const { code, stdout, stderr } = await waiting;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Approved: connection:aws-production until /),
    });
    expect(stderr).toContain(`${stack.urls.admin}/access-requests/req_`);
    const called = await member.run(['curl', '-f', `${stack.urls.proxy}${PRODUCTION}/echo`]);
    expect(called.code).toBe(0);

    const longer = await member.run(['request', 'connection:aws-production', '--for', '4h', '--reason', 'INC-7']);
    expect(longer.code).toBe(1);
    const [, held] = /Here: hallpass extend (grt_\w+) --for 1h\n$/.exec(longer.stderr) ?? [];
    const extended = await member.run(['extend', held!, '--for', '1h', '--reason', 'INC-7 goes on']);
    expect(extended.stdout).toMatch(/^Waiting: connection:aws-production, until /);
    expect((await admin.run(['approve', await onlyPending()])).stdout).toMatch(/^Approved: connection:aws-production/);

    const status = JSON.parse((await member.run(['status', '--json'])).stdout) as {
      grants: { id: string; kind: string; resource: { id: string } | null }[];
    };
    const grant = status.grants.find((one) => one.resource?.id === 'aws-production')!;
    expect((await admin.run(['revoke', grant.id, '--reason', 'Done.'])).stdout).toBe(`Ended: ${grant.id}.\n`);
    const again = await admin.run(['revoke', grant.id]);
    expect({ code: again.code, stderr: again.stderr }).toEqual({
      code: 1,
      stderr: 'hallpass: This grant is revoked already; nothing was changed.\n',
    });
  });

  it('asks for several things at once and waits for each', async () => {
    const waiting = member.run([
      'request',
      'connection:aws-production',
      'target:billing-db',
      '--reason',
      'A',
      '--wait',
    ]);
    const pending = async () => JSON.parse((await admin.run(['review', '--json'])).stdout) as { id: string }[];
    const both = await waitUntil('both are in the queue', async () => {
      const rows = await pending();
      return rows.length === 2 ? rows : null;
    });
    for (const { id } of both) await admin.run(['approve', id]);
    const { code, stdout, stderr } = await waiting;
    expect([code, stdout.trim().split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(/^Approved: connection:aws-production until /),
        expect.stringMatching(/^Approved: target:billing-db until /),
      ],
    ]);
    for (const { id } of both) expect(stderr).toContain(id);
    const { grants } = JSON.parse((await member.run(['status', '--json'])).stdout) as {
      grants: { id: string; kind: string }[];
    };
    for (const grant of grants.filter((one) => one.kind === 'resource')) await admin.run(['revoke', grant.id]);
  });

  it('goes on with the very call that was refused, body included', async () => {
    const url = `${stack.urls.proxy}${PRODUCTION}/echo`;
    const questions: string[] = [];
    const calling = member.run(
      ['curl', url, '-d', '{"invoice":7}', '-H', 'content-type: application/json', '--for', '10m'],
      {
        answer(question) {
          questions.push(question);
          return 'Repair invoice 7';
        },
      },
    );
    await waitUntil('the request is in the queue', async () => (await onlyPending()) !== '');
    await admin.run(['approve', await onlyPending()]);
    const { code, stdout, stderr } = await calling;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ method: 'POST', body: '{"invoice":7}' });
    expect(questions).toEqual(['Reason: ']);
    expect(stderr).toMatch(/^Refused: .*\nAsked; waiting for a decision: http.*\nApproved; going on\.\n$/);
    const { grants } = JSON.parse((await member.run(['status', '--json'])).stdout) as {
      grants: { id: string; resource: { id: string } | null }[];
    };
    await member.run(['revoke', grants.find((one) => one.resource?.id === 'aws-production')!.id]);
  });

  it('tells a denial from a failure by its exit code', async () => {
    const calling = member.run(['curl', `${stack.urls.proxy}${PRODUCTION}/echo`, '--reason', 'Curious']);
    await waitUntil('the request is in the queue', async () => (await onlyPending()) !== '');
    await admin.run(['deny', await onlyPending(), '--reason', 'Not without a ticket.']);
    const { code, stdout, stderr } = await calling;
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('hallpass: Denied: connection:aws-production. Reason: Not without a ticket.\n');
  });

  it('does not wait for a person where there is none', async () => {
    const { code, stderr } = await member.run(['curl', `${stack.urls.proxy}${PRODUCTION}/echo`]);
    expect(code).toBe(2);
    expect(stderr).toContain('hallpass: Say what the access is for: --reason "…"\n');
    expect(await onlyPending()).toBe('');
  });

  it('gives the token to sidecars only', async () => {
    const seen: unknown[] = [];
    const stranger = createServer((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = stranger.address() as AddressInfo;
      const { code, stderr } = await member.run(['curl', `http://127.0.0.1:${port}/echo`]);
      expect(code).toBe(1);
      expect(stderr).toContain('your token is not sent there');
      expect(seen).toEqual([]);
    } finally {
      stranger.close();
    }
  });

  it('repeats what the server says about wrong input, without the token', async () => {
    const unknown = await member.run(['request', 'connection:nowhere', '--reason', 'x']);
    expect({ code: unknown.code, stderr: unknown.stderr }).toEqual({
      code: 1,
      stderr: 'hallpass: There is no connection:nowhere.\n',
    });
    const bad = await commandLine({ HALLPASS_URL: stack.urls.admin, HALLPASS_TOKEN: 'tok-secret' }).run(['whoami']);
    expect(bad.code).toBe(1);
    expect(bad.stdout + bad.stderr).not.toContain('tok-secret');
    const plain = await commandLine({ HALLPASS_URL: 'http://hallpass.example', HALLPASS_TOKEN: 'tok-secret' }).run([
      'whoami',
    ]);
    expect({ code: plain.code, stderr: plain.stderr }).toEqual({
      code: 2,
      stderr: 'hallpass: HALLPASS_URL must be an https:// URL (http:// only for this machine).\n',
    });
  });

  it('keeps a token that works, where only its owner reads it', async () => {
    const home = await makeTemporaryDirectory('cli');
    try {
      const fresh = commandLine({ HALLPASS_URL: stack.urls.admin, XDG_CONFIG_HOME: home.path });
      expect((await fresh.run(['whoami'])).stderr).toContain('You are not signed in');
      expect((await fresh.run(['login', '--token-stdin'], { stdin: 'wrong' })).code).toBe(1);
      expect((await fresh.run(['login', '--as', 'member@example.com'])).code).toBe(0);
      expect((await fresh.run(['whoami'])).stdout).toBe('Mia Member <member@example.com>, member\n');
      const file = join(home.path, 'hallpass', 'credentials.json');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(file, 'utf8')).toContain(stack.urls.admin);
    } finally {
      await home.remove();
    }
  });

  it('exports the audit log, never over a file that is there', async () => {
    const home = await makeTemporaryDirectory('cli');
    try {
      const out = join(home.path, 'audit.ndjson');
      expect((await admin.run(['audit', 'export', '--out', out])).code).toBe(0);
      const lines = (await readFile(out, 'utf8')).trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as { type?: string }).type)).toContain('access-request.approved');
      const again = await admin.run(['audit', 'export', '--out', out]);
      expect({ code: again.code, stderr: again.stderr }).toEqual({
        code: 1,
        stderr: `hallpass: ${out} is there already.\n`,
      });
      expect((await member.run(['audit', 'export'])).code).toBe(1);
    } finally {
      await home.remove();
    }
  });

  it('runs as a command of its own', async () => {
    const child = startChild('cli/main.ts', ['whoami'], {
      HALLPASS_URL: stack.urls.admin,
      HALLPASS_TOKEN: await stack.tokenOf('owner'),
    });
    expect(await child.ended).toBe(0);
    expect(child.output()).toMatch(/<owner@example\.com>, owner/);
  });
});
