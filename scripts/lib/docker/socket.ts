import { execFileSync } from 'node:child_process';
import { request } from 'node:http';

/** Where this machine's own Docker engine listens. Only builtins in here: it is asked before the npm packages are there. */

const defaultSocket = '/var/run/docker.sock';

/**
 * The socket that the Docker CLI would use: DOCKER_HOST, else the current context, else the default one. Undefined for
 * an engine that is no socket here: its ports are not this machine's.
 */
export function engineSocket(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const host = environment['DOCKER_HOST'] || hostOfContext() || `unix://${defaultSocket}`;
  return host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
}

/** Of Docker's current context; undefined where there is no CLI or it has none. */
function hostOfContext(): string | undefined {
  try {
    const args = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
    const said = execFileSync('docker', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    });
    return /^[a-z]+:\/\/\S+$/.exec(said.trim())?.[0];
  } catch {
    return undefined;
  }
}

/** Whether an engine answers there. */
export function engineAnswers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ socketPath: socket, path: '/_ping', timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
    call.end();
  });
}
