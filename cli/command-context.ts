import { createApiClient, type ApiClient } from './api-client.ts';
import type { CliIo } from './cli-io.ts';
import { readServerUrl, readToken } from './credentials.ts';

/** Connects as the person whose token there is. @throws CliError when there is none */
export async function connect(io: CliIo): Promise<ApiClient & { readonly token: string }> {
  const url = readServerUrl(io.env);
  const token = await readToken(io.env, url);
  return { ...createApiClient({ url, token, signal: io.signal }), token };
}
