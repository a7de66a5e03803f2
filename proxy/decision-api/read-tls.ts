import { readFile } from 'node:fs/promises';

/** PEM, as Node's TLS servers take it. */
export interface ServerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Only clients with a certificate of this authority are let in. */
  readonly ca?: Buffer;
  readonly requestCert?: true;
  readonly rejectUnauthorized?: true;
}

/** @param setting what the error names @throws Error that names the file that can't be read */
export async function readTls(
  files: { readonly certificate: string; readonly key: string; readonly client_ca?: string | undefined },
  setting: string,
): Promise<ServerTls> {
  const [cert, key, ca] = await Promise.all([
    readPem(files.certificate, setting),
    readPem(files.key, setting),
    files.client_ca === undefined ? null : readPem(files.client_ca, setting),
  ]);
  return ca === null ? { cert, key } : { cert, key, ca, requestCert: true, rejectUnauthorized: true };
}

async function readPem(path: string, setting: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`${setting}: ${path} can't be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}
