import type { Backend } from './backend.ts';

/** Hints for errors of Pulumi, its plugins and the engine. */

interface Explanation {
  readonly pattern: RegExp;
  readonly hints: (match: RegExpExecArray, backend: Backend) => readonly string[];
}

const repairHint = 'scripts/up --repair cleans up after a killed run';

const explanations: readonly Explanation[] = [
  {
    pattern: /incorrect passphrase|passphrase must be set|get stack secrets manager|decrypt/i,
    hints: (_match, { passphraseFile }) => [
      passphraseFile === undefined
        ? 'wrong passphrase for this state: check PULUMI_CONFIG_PASSPHRASE and PULUMI_CONFIG_PASSPHRASE_FILE'
        : `${passphraseFile} is not the passphrase of this state: restore the file from a backup`,
    ],
  },
  {
    // A folder's backend names the process.
    pattern: /the stack is currently locked(?:[\s\S]*?created by (\S+) \(pid (\d+)\) at (\S+))?/i,
    hints: ([, holder, pid, since]) => [
      `another update is in progress, or one was killed${holder === undefined ? '' : `: process ${pid} of ${holder}, since ${since}`}`,
      'wait for it to end; if it is over, scripts/pulumi cancel releases its lock',
      repairHint,
    ],
  },
  {
    pattern: /the container name "?\/?([^"\s]+)"? is already in use/i,
    hints: ([, name]) => [`a container named ${name ?? ''} exists but is not in the state`, repairHint],
  },
  {
    pattern: /network with name (\S+) already exists/i,
    hints: ([, name]) => [`a network named ${name ?? ''} exists but is not in the state`, repairHint],
  },
  {
    pattern: /port is already allocated|address already in use/i,
    hints: () => [
      'a port was taken by another program after the preflight checks, and the old container is already removed',
      'free the port or set balance-alert:ports, then run scripts/up again',
    ],
  },
  {
    pattern:
      /(?:could not (?:find|download|install) plugin|error downloading (?:plugin|provider)|failed to (?:download|install) plugin|plugin .* not found|no resource plugin)[^\n]*/i,
    hints: ([text]) => [
      `a Pulumi plugin could not be downloaded: ${text}`,
      'to install it manually: pulumi plugin install resource NAME VERSION --file FILE',
      'or copy ~/.pulumi/plugins (PULUMI_HOME) from another machine, or put pulumi-resource-NAME on PATH',
    ],
  },
  {
    pattern:
      /(?:unable to pull|error pulling|pulling image|pull access denied|manifest unknown|failed to resolve source metadata|toomanyrequests|unable to read Docker image|not found: manifest)[^\n]*/i,
    hints: ([text]) => [
      `an image could not be pulled: ${text}`,
      'images that are already on the engine are used without pulling (docker load)',
      'to use another registry, set balance-alert:images.prometheus, images.grafana, images.exporter, exporterBaseImage',
    ],
  },
  {
    pattern: /failed to connect to any docker daemon|cannot connect to the docker daemon/i,
    hints: () => [
      'the Docker engine is not reachable: check that it is running and that docker:host is its address',
    ],
  },
  {
    pattern: /container failed to be in healthy state|did not become healthy/i,
    hints: () => ['a container did not become healthy in time; its last lines are above'],
  },
  {
    pattern: /update canceled|update cancelled/i,
    hints: () => ['canceled; run scripts/up again to continue'],
  },
];

/** What can be done about a failure, by what was printed; empty for failures that nothing is known about. */
export function explain(text: string, backend: Backend): readonly string[] {
  return explanations.flatMap(({ pattern, hints }) => {
    const match = pattern.exec(text);
    return match === null ? [] : hints(match, backend);
  });
}
