import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { ConfigError, readConfig, withoutEmpty } from '../core/process/read-config.ts';
import { askingProblem } from './external-auth/external-auth-settings.ts';
import { proxyConfigSchema, type ProxyConfig, type ProxySecrets } from './config.ts';
import { readOtlpHeaders } from './telemetry/otlp-headers.ts';

/** Environment variable -> where its value goes in the configuration. */
const OVERRIDES: readonly { readonly name: string; readonly path: readonly string[]; readonly number: boolean }[] = [
  { name: 'HALLPASS_PROXY_PORT', path: ['proxy', 'port'], number: true },
  { name: 'HALLPASS_PROXY_WORKERS', path: ['proxy', 'workers'], number: true },
  { name: 'HALLPASS_DECISION_PORT', path: ['decision_api', 'port'], number: true },
  { name: 'HALLPASS_PROXY_OPS_PORT', path: ['ops', 'port'], number: true },
  { name: 'HALLPASS_FACTS_MAX_AGE_MS', path: ['facts', 'max_age_ms'], number: true },
  { name: 'HALLPASS_LOG_LEVEL', path: ['log_level'], number: false },
];

/**
 * The file that `HALLPASS_PROXY_CONFIG` names, with the environment laid over it.
 * @throws ConfigError with every problem of both
 */
export function readProxyConfig(environment: Readonly<Record<string, string | undefined>>): {
  config: ProxyConfig;
  secrets: ProxySecrets;
} {
  const env = withoutEmpty(environment);
  const problems: string[] = [];
  const file = env.HALLPASS_PROXY_CONFIG;
  const raw = file === undefined ? {} : readYaml(file, problems);
  if (file === undefined) {
    problems.push('HALLPASS_PROXY_CONFIG: must name the configuration file; proxy/example.yaml is one to start from');
  }
  for (const override of OVERRIDES) {
    const value = env[override.name];
    if (value !== undefined) lay(raw, override, value, problems);
  }
  const feedToken = env.HALLPASS_FEED_TOKEN;
  if (feedToken === undefined) problems.push("HALLPASS_FEED_TOKEN: must hold the sidecar's credential for the feed");
  const otlpHeaders = env.HALLPASS_OTLP_HEADERS === undefined ? {} : readOtlpHeaders(env.HALLPASS_OTLP_HEADERS);
  if (otlpHeaders === null) problems.push('HALLPASS_OTLP_HEADERS: must be name=value,name=value, percent-encoded');
  const source = file === undefined ? 'the environment' : `${file} and the environment`;
  if (file !== undefined && problems.every((problem) => !problem.startsWith(file))) {
    try {
      const config = readConfig(proxyConfigSchema, raw, source);
      const externalAuthToken = env.HALLPASS_EXTERNAL_AUTH_TOKEN ?? null;
      const problem = askingProblem(config.external_auth, externalAuthToken);
      if (problem !== null) problems.push(problem);
      if (problems.length === 0 && feedToken !== undefined && otlpHeaders !== null) {
        const secrets = {
          feedToken,
          decisionToken: env.HALLPASS_DECISION_TOKEN ?? null,
          otlpHeaders,
          policyToken: env.HALLPASS_POLICY_TOKEN ?? null,
          decisionLogToken: env.HALLPASS_DECISION_LOG_TOKEN ?? null,
          statusToken: env.HALLPASS_STATUS_TOKEN ?? null,
          externalAuthToken,
        };
        return { config, secrets };
      }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  throw new ConfigError(source, problems);
}

function readYaml(file: string, problems: string[]): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    problems.push(`${file}: can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
    return {};
  }
  let value: unknown;
  try {
    const document = parseDocument(text, { prettyErrors: false });
    for (const error of document.errors) problems.push(`${file}: is not YAML: ${error.message}`);
    if (document.errors.length > 0) return {};
    value = document.toJS();
  } catch (error) {
    // Aliases that would unfold without an end, or more brackets than there is stack.
    problems.push(`${file}: is no YAML that can be read: ${(error as Error).message}`);
    return {};
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  problems.push(`${file}: must hold a mapping of settings`);
  return {};
}

function lay(
  target: Record<string, unknown>,
  override: (typeof OVERRIDES)[number],
  text: string,
  problems: string[],
): void {
  if (override.number && !/^\d{1,15}$/.test(text)) {
    problems.push(`${override.name}: must be a whole number`);
    return;
  }
  let holder = target;
  for (const key of override.path.slice(0, -1)) {
    const next = holder[key];
    const inner = next !== null && typeof next === 'object' ? (next as Record<string, unknown>) : {};
    holder[key] = inner;
    holder = inner;
  }
  holder[override.path.at(-1) as string] = override.number ? Number(text) : text;
}
