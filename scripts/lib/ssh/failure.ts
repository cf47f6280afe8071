import type { SshAddress } from '../../../infra/settings/ssh.ts';
import { sshCommandFor } from '../../../infra/settings/ssh.ts';
import { Failure } from '../terminal/failure.ts';

/** What a call of ssh that failed means, by what it printed, and what to do about it. */

export interface SshEnd {
  /** 255: ssh's own failure; others are those of the command over there; 127: no such command, here or there. */
  readonly code: number;
  readonly stderr: string;
}

export interface SshCall {
  readonly address: SshAddress;
  /** The user's own options. */
  readonly options: readonly string[];
}

interface Explanation {
  readonly pattern: RegExp;
  /** What is wrong, after "cannot reach HOST by ssh: ". */
  readonly message: (match: RegExpExecArray, call: SshCall) => string;
  readonly hints: (call: SshCall, match: RegExpExecArray) => readonly string[];
}

const tryIt = (call: SshCall) => `to see it for yourself:  ${sshCommandFor(call.address, call.options)}`;

/** As known_hosts writes it. */
function knownHostOf({ host, port }: SshAddress): string {
  return port === undefined || port === 22 ? host : `[${host}]:${port}`;
}

/** ssh's own failures; the first that fits. */
const ownFailures: readonly Explanation[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    message: (_match, { address }) =>
      `the host key of ${address.host} is not the known one: the machine was installed anew, or somebody intercepts the connection`,
    hints: ({ address }, { input }) => {
      const [, shown] =
        /^The fingerprint for the \S+ key sent by the remote host is\n(.+?)\.?$/m.exec(input) ?? [];
      const [, file] = /^Offending \S+ key in (.+):\d+$/m.exec(input) ?? [];
      return [
        ...(shown === undefined
          ? []
          : [
              `it now shows ${shown}: compare it with what the machine's own administrator says (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub over there)`,
            ]),
        `only if it is right:  ssh-keygen -R '${knownHostOf(address)}'${file === undefined ? '' : ` -f ${file}`}, then connect once by hand`,
      ];
    },
  },
  {
    pattern: /Host key verification failed/,
    message: (_match, { address }) =>
      `the host key of ${address.host} is not known yet, and nobody can be asked to accept it`,
    hints: (call) => [
      `connect once by hand, compare the fingerprint and accept it:  ${sshCommandFor(call.address, call.options)}`,
    ],
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY FILE|bad permissions/,
    message: (_match, { address }) =>
      `${address.host} accepts no key, and a key file is ignored because others on this machine can read it`,
    hints: (_call, { input }) => [
      `chmod 600 ${/Permissions \S+ for '(.+)' are too open/.exec(input)?.[1] ?? 'KEYFILE'}`,
    ],
  },
  {
    pattern: /Identity file (\S+) not accessible: (.+?)\.?\n/,
    message: ([, file = '', why = ''], { address }) =>
      `${address.host} accepts no key, and the key file ${file} cannot be read: ${why}`,
    hints: () => ['docker:sshOpts names it: use an absolute path'],
  },
  {
    pattern: /Too many authentication failures/,
    message: (_match, { address }) => `${address.host} refused after too many keys were offered`,
    hints: () => [
      "offer one only: scripts/pulumi config set --path 'docker:sshOpts[0]' -- -oIdentitiesOnly=yes, and the key with -i FILE",
    ],
  },
  {
    pattern: /Permission denied \(([^)]*)\)/,
    message: ([, methods = ''], { address }) =>
      `${address.host} accepts no key of this machine for the user ${address.user ?? "of ssh's configuration"} (it takes ${methods})`,
    hints: (call) => [
      `install your key there:  ${sshCommandFor(call.address, call.options).replace(/^ssh/, 'ssh-copy-id')}`,
      'a key with a passphrase has to be in the agent (ssh-add); which key is offered is set with docker:sshOpts: ["-i", FILE]',
    ],
  },
  {
    pattern: /Could not resolve hostname (\S+): (.+)/,
    message: ([, host = '', why = '']) => `there is no host ${host} (${why})`,
    hints: () => ["check docker:host; an alias of ssh's configuration works too, if this user has it"],
  },
  {
    pattern: /connect to host (\S+) port (\d+): (Connection refused)/,
    message: ([, host = '', port = '']) => `nothing listens on port ${port} of ${host}`,
    hints: () => ['check that sshd runs there, and the port: docker:host ssh://USER@HOST:PORT'],
  },
  {
    pattern:
      /connect to host (\S+) port (\d+): ((?:Connection|Operation) timed out|No route to host|Network is unreachable|.+)/,
    message: ([, host = '', port = '', why = '']) => `${host} does not answer on port ${port}: ${why}`,
    hints: () => ['check that the machine is on, and that no firewall or missing VPN is in between'],
  },
  {
    pattern: /Timeout, server (\S+) not responding|Broken pipe|Connection to (\S+) closed by remote host/,
    message: (_match, { address }) => `the connection to ${address.host} was lost`,
    hints: () => ['run the same command again once the machine is back'],
  },
  {
    pattern:
      /kex_exchange_identification|Connection (?:closed|reset) by|banner exchange|Connection timed out during banner/,
    message: (_match, { address }) => `${address.host} closed the connection before it was asked anything`,
    hints: () => [
      'too many connections at once (MaxStartups in its sshd_config), a ban after failed logins, or no sshd on that port',
    ],
  },
  {
    pattern: /command-line(?: line |: line )\d+: (.+)|unknown option -- \S+|Bad configuration option: \S+/,
    message: ([said = '']) => `ssh does not understand its options: ${said}`,
    hints: () => ['check docker:sshOpts: a list with one word each, such as ["-i", "/home/me/.ssh/id"]'],
  },
  {
    pattern: /no matching (.+) found/i,
    message: ([, what = ''], { address }) => `this ssh and ${address.host} have no ${what} in common`,
    hints: (call) => [tryIt(call)],
  },
];

/** Failures of `docker system dial-stdio` over there; the first that fits. */
const dockerFailures: readonly Explanation[] = [
  {
    pattern:
      /docker: (?:command )?not found|command not found: docker|docker: No such file|not found.*docker/i,
    message: (_match, { address }) =>
      `there is no docker command on ${address.host}, or not on the PATH of a session without a terminal`,
    hints: () => [
      'the Docker CLI is needed there besides the engine, 18.09 or newer (Debian: docker.io or docker-cli)',
      'if it is installed elsewhere, link it into /usr/local/bin or /usr/bin',
    ],
  },
  {
    pattern: /permission denied/i,
    message: (_match, { address }) =>
      `the user ${address.user ?? 'there'} may not use the Docker engine on ${address.host}`,
    hints: ({ address }) => [
      `on ${address.host}:  sudo usermod -aG docker ${address.user ?? 'USER'}  (members of that group are root there)`,
      'the next login has it',
    ],
  },
  {
    pattern: /dial unix (\S+): connect: (?:no such file or directory|connection refused)/i,
    message: ([, socket = ''], { address }) => `no Docker engine listens at ${socket} on ${address.host}`,
    hints: () => [
      'start it there (systemctl start docker); where it listens elsewhere (rootless), add the path: ssh://USER@HOST/run/user/1000/docker.sock',
    ],
  },
  {
    pattern: /Cannot connect to the Docker daemon/i,
    message: (_match, { address }) => `no Docker engine answers on ${address.host}`,
    hints: () => ['start it there:  systemctl start docker'],
  },
  {
    pattern: /dial-stdio.*(?:not a docker command|unknown)|unknown (?:shorthand )?(?:flag|command)/i,
    message: (_match, { address }) => `the Docker CLI on ${address.host} is older than 18.09`,
    hints: () => ['update Docker there'],
  },
  {
    pattern: /account is currently not available|only allows? sftp|This service allows sftp/i,
    message: (_match, { address }) => `the user ${address.user ?? 'there'} gets no shell on ${address.host}`,
    hints: () => ['take a user that may run commands there'],
  },
];

/** The failure for people. The last thing that ssh printed is in it where nothing is known about it. */
export function sshFailure(call: SshCall, { code, stderr }: SshEnd): Failure {
  const where = `cannot reach ${call.address.host} by ssh`;
  // Other failures begin like these, and other programs use the code as well.
  for (const { pattern, message, hints } of code === 255 ? ownFailures : dockerFailures) {
    const match = pattern.exec(stderr);
    if (match === null) continue;
    const prefix = code === 255 ? `${where}: ` : '';
    return new Failure(`${prefix}${message(match, call)}`, hints(call, match));
  }
  const said = stderr.trim().split('\n').at(-1) || 'it printed nothing';
  return new Failure(`${where}: it ended with ${code}: ${said}`, [tryIt(call)]);
}

export function sshMissing(): Failure {
  return new Failure('there is no ssh on this machine', [
    "install OpenSSH's client (Debian: apt-get install openssh-client): an engine at ssh:// and tunnels take it",
  ]);
}
