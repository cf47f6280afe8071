import { readFileSync, statSync } from 'node:fs';
import type { SecureContext } from 'node:tls';
import { createSecureContext, getCACertificates } from 'node:tls';
import { CheckError } from '../../readings/check-error.ts';

/** What is trusted: the runtime's authorities, and those of a file beside them. */
export interface Authorities {
  /**
   * The same object until the file changes.
   * @throws CheckError `config` where the file can't be read or holds no certificate
   */
  readonly of: (caFile: string | undefined) => SecureContext;
}

/** Reads each file once, and again when it changes: a hundred and fifty certificates take milliseconds to parse. */
export function createAuthorities(): Authorities {
  let builtIn: SecureContext | undefined;
  const files = new Map<string, { readonly stamp: string; readonly context: SecureContext }>();
  return {
    of(caFile) {
      if (caFile === undefined) {
        builtIn ??= createSecureContext();
        return builtIn;
      }
      try {
        const { ino, mtimeMs, size } = statSync(caFile);
        const stamp = `${ino} ${mtimeMs} ${size}`;
        const known = files.get(caFile);
        if (known?.stamp === stamp) return known.context;
        const pem = readFileSync(caFile, 'utf8');
        if (!pem.includes('-----BEGIN ')) throw new Error('no certificate in PEM format');
        const context = createSecureContext({ ca: [...getCACertificates('default'), pem] });
        files.set(caFile, { stamp, context });
        return context;
      } catch (error) {
        throw new CheckError('config', `ca_file ${caFile} can't be read`, { cause: error });
      }
    },
  };
}
