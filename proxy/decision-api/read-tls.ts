import { readFile } from 'node:fs/promises';

/** PEM. */
export interface ServerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws Error that names the file that can't be read */
export async function readTls(files: { readonly certificate: string; readonly key: string }): Promise<ServerTls> {
  const [cert, key] = await Promise.all([files.certificate, files.key].map(readPem));
  return { cert: cert!, key: key! };
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Error(`decision_api.tls: ${path} can't be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
}
