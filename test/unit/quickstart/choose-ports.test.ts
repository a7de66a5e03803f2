import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { closeServer, listen } from '../../../core/process/ops-server.ts';
import { choosePorts } from '../../../quickstart/choose-ports.ts';
import { PORT_NAMES, readQuickstartSettings, type PortName } from '../../../quickstart/quickstart-settings.ts';

const ANY = Object.fromEntries(PORT_NAMES.map((name) => [name, 0])) as Record<PortName, number>;

describe('ports', () => {
  it('are all different when any will do', async () => {
    const ports = Object.values(await choosePorts(ANY, '127.0.0.1'));
    expect(new Set(ports).size).toBe(PORT_NAMES.length);
    expect(ports.every((port) => port > 0)).toBe(true);
  });

  it('in use are all named, with the variable that changes them', async () => {
    const servers = [createServer(), createServer()];
    const [proxy, admin] = await Promise.all(servers.map((server) => listen(server, 0, '127.0.0.1')));
    try {
      const asked = { ...ANY, HALLPASS_PROXY_PORT: proxy!, HALLPASS_ADMIN_PORT: admin! };
      await expect(choosePorts(asked, '127.0.0.1')).rejects.toThrow(
        `Port ${proxy} is in use. Stop what listens there, or set HALLPASS_PROXY_PORT to another port (0: any free one).\n` +
          `Port ${admin} is in use. Stop what listens there, or set HALLPASS_ADMIN_PORT to another port (0: any free one).`,
      );
    } finally {
      await Promise.all(servers.map(closeServer));
    }
  });
});

describe('the settings', () => {
  it('have the documented ports', () => {
    expect(readQuickstartSettings({}, '/repo')).toEqual({
      ports: {
        HALLPASS_PROXY_PORT: 8080,
        HALLPASS_ADMIN_PORT: 4000,
        HALLPASS_DECISION_PORT: 8181,
        HALLPASS_PROXY_OPS_PORT: 9090,
        HALLPASS_ADMIN_OPS_PORT: 9091,
      },
      dataDir: '/repo/.hallpass',
      logLevel: 'info',
      databaseUrl: null,
      redisUrl: null,
    });
  });

  it('that are wrong are all named, without their values', () => {
    const wrong = { HALLPASS_PROXY_PORT: 'eighty', DATABASE_URL: 'mysql://u:secret@h/d' };
    let message = '';
    try {
      readQuickstartSettings(wrong, '/repo');
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/HALLPASS_PROXY_PORT[\s\S]*DATABASE_URL: must be a postgresql:\/\/ URL/);
    expect(message).not.toContain('secret');
  });
});
