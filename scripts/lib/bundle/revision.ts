import { run } from '../terminal/process.ts';

/**
 * The last commit that touched what the exporter's bundle is made of, so that other changes leave the image as it is;
 * `unknown` where there is no repository.
 * @param root the checkout
 */
export async function exporterRevision(root: string): Promise<string> {
  const { code, stdout } = await run(
    'git',
    ['log', '-1', '--format=%h', '--', 'exporter', 'package-lock.json'],
    {
      cwd: root,
    },
  );
  return (code === 0 && stdout.trim()) || 'unknown';
}
