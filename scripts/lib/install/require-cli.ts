import type { FoundCli } from '../pulumi/find-cli.ts';
import { cliCandidates, findCli } from '../pulumi/find-cli.ts';
import { Failure } from '../terminal/failure.ts';
import { findMissingPackages } from './packages.ts';
import { sdkVersion } from './prerequisites.ts';

/**
 * For scripts that install nothing: the Pulumi CLI, once the npm packages are known to be there.
 * @throws Failure with what is missing, and how to install it
 */
export async function requireCli(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FoundCli> {
  if ((await findMissingPackages(root)).length > 0) {
    throw new Failure('npm packages are missing or do not match package-lock.json', [
      'to install them:  npm ci',
    ]);
  }
  const cli = await findCli(cliCandidates(environment, await sdkVersion(root)), root);
  if (cli === undefined)
    throw new Failure('the Pulumi CLI is missing', ['to install it:  scripts/up --install']);
  return cli;
}
