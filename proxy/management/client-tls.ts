import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** PEM files, read at the start. */
export const clientTlsSchema = z
  .strictObject({
    /** Who may vouch for the server, in place of the usual authorities. */
    ca: z.string().min(1).optional(),
    /** What the sidecar shows to the server (mutual TLS); needs `key`. */
    certificate: z.string().min(1).optional(),
    key: z.string().min(1).optional(),
  })
  .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
    message: 'needs certificate and key together',
  });
export type ClientTlsFiles = z.output<typeof clientTlsSchema>;

/** PEM. */
export interface ClientTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * @param setting where the files are named, for the error
 * @throws Error that names the file that can't be read
 */
export async function readClientTls(files: ClientTlsFiles | undefined, setting: string): Promise<ClientTls | null> {
  if (files === undefined) return null;
  const read = async (path: string | undefined): Promise<Buffer | undefined> => {
    if (path === undefined) return undefined;
    try {
      return await readFile(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(`${setting}: ${path} can't be read (${code})`, { cause: error });
    }
  };
  const [ca, cert, key] = await Promise.all([read(files.ca), read(files.certificate), read(files.key)]);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
