import type { Backend } from './backend.ts';

/** Ways out of what Pulumi, its plugins and the engine say when something fails. */

interface Explanation {
  readonly pattern: RegExp;
  readonly hints: (match: RegExpExecArray, backend: Backend) => readonly string[];
}

const mend = 'scripts/up --repair mends what a killed run left';

const explanations: readonly Explanation[] = [
  {
    pattern: /incorrect passphrase|passphrase must be set|get stack secrets manager|decrypt/i,
    hints: (_match, { passphraseFile }) => [
      passphraseFile === undefined
        ? 'the passphrase is not the one that this state was made with: check PULUMI_CONFIG_PASSPHRASE and PULUMI_CONFIG_PASSPHRASE_FILE'
        : `${passphraseFile} is not the passphrase that this state was made with: bring the file back from a backup`,
    ],
  },
  {
    pattern: /the stack is currently locked/i,
    hints: () => ['another run is under way, or one was killed: pulumi cancel releases the lock', mend],
  },
  {
    pattern: /the container name "?\/?([^"\s]+)"? is already in use/i,
    hints: ([, name]) => [`a container called ${name ?? ''} is there that the state does not know`, mend],
  },
  {
    pattern: /network with name (\S+) already exists/i,
    hints: ([, name]) => [`a network called ${name ?? ''} is there that the state does not know`, mend],
  },
  {
    pattern: /port is already allocated|address already in use/i,
    hints: () => [
      'a port was taken in the meantime, and the container that had it before is gone',
      'free the port or set balance-alert:ports, then run this again',
    ],
  },
  {
    pattern:
      /(?:could not (?:find|download|install) plugin|error downloading (?:plugin|provider)|failed to (?:download|install) plugin|plugin .* not found|no resource plugin)[^\n]*/i,
    hints: ([text]) => [
      `a Pulumi plugin could not be fetched: ${text}`,
      'ways around it: pulumi plugin install resource NAME VERSION --file FILE puts one into the cache',
      'or copy the folder plugins of another machine into ~/.pulumi (PULUMI_HOME), or put pulumi-resource-NAME on PATH',
    ],
  },
  {
    pattern:
      /(?:unable to pull|error pulling|pulling image|pull access denied|manifest unknown|failed to resolve source metadata|toomanyrequests|unable to read Docker image|not found: manifest)[^\n]*/i,
    hints: ([text]) => [
      `an image could not be fetched: ${text}`,
      'ways around it: an image that is on the engine is used as it is (docker load, docker pull elsewhere)',
      'or another registry: balance-alert:images.prometheus, images.grafana, images.exporter, exporterBaseImage',
    ],
  },
  {
    pattern: /failed to connect to any docker daemon|cannot connect to the docker daemon/i,
    hints: () => ['the Docker engine went away: is it running, and is docker:host its address?'],
  },
  {
    pattern: /container failed to be in healthy state|did not become healthy/i,
    hints: () => ['a container did not become healthy in time; its last lines are above'],
  },
  {
    pattern: /update canceled|update cancelled/i,
    hints: () => ['stopped on request; scripts/up goes on from here'],
  },
];

/** What can be done about a failure, by what was printed; empty for failures that nothing is known about. */
export function explain(text: string, backend: Backend): readonly string[] {
  return explanations.flatMap(({ pattern, hints }) => {
    const match = pattern.exec(text);
    return match === null ? [] : hints(match, backend);
  });
}
