import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { describeError } from '../core/process/logger.ts';
import { ConfigError, EXIT_CONFIG, readConfig, withoutEmpty } from '../core/process/read-config.ts';
import { combineKeys, readPublicKeys, readSigningKey, type AuditKeys } from './audit/audit-keys.ts';
import { auditEnvironment, auditSettingsOf } from './audit/audit-settings.ts';

/**
 * For commands: the keys of the audit log, from the environment; where that names no database, those of the quickstart that runs
 * here. Exits where one is wrong.
 * @param file a JWK Set to believe in addition: what `/.well-known/hallpass-audit-keys.json` said, kept elsewhere
 */
export async function keysForCommand(host: NodeJS.Process, file: string | undefined): Promise<AuditKeys> {
  try {
    const { keys } = auditSettingsOf(readConfig(z.object(auditEnvironment), withoutEmpty(host.env), 'the environment'));
    const signing = keys.signing ?? (host.env['DATABASE_URL'] ? null : await quickstartKey(host));
    const more = file === undefined ? [] : readPublicKeys(await readFile(file, 'utf8'));
    return combineKeys(signing, [...keys.published, ...more]);
  } catch (error) {
    const text = error instanceof ConfigError ? error.message : `${file}: ${describeError(error).message}`;
    host.stderr.write(`${text}\n`);
    return host.exit(EXIT_CONFIG);
  }
}

async function quickstartKey(host: NodeJS.Process): Promise<AuditKeys['signing']> {
  const path = join(host.env['HALLPASS_DATA_DIR'] || '.hallpass', 'audit-key.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : readSigningKey(text);
}
