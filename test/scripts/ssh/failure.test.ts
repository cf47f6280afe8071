import test from 'ava';
import { sshAddressOf } from '../../../infra/settings/ssh.ts';
import { sshFailure } from '../../../scripts/lib/ssh/failure.ts';

/** Failures by what ssh and Docker print, for those that no server on loopback produces; the others are in test/contract. */

const address = sshAddressOf('ssh://me@host.example:2222');
if (address === undefined) throw new Error('expected an address');
const call = { address, options: ['-i', '/home/me/my key'] };

const failureOf = (code: number, stderr: string) => {
  const { message, hints } = sshFailure(call, { code, stderr });
  return [message, ...hints].join('\n');
};

for (const [title, code, stderr, expected] of [
  [
    'a user outside the group docker',
    1,
    'failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: permission denied\n',
    /^the user me may not use the Docker engine on host\.example\non host\.example: {2}sudo usermod -aG docker me/,
  ],
  [
    'an older client that says so in another way',
    1,
    'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock\n',
    /^the user me may not use the Docker engine on host\.example/,
  ],
  [
    'an engine that does not run',
    1,
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
    /^no Docker engine answers on host\.example\nstart it there: {2}systemctl start docker/,
  ],
  ['no client, as zsh says it', 127, 'zsh:1: command not found: docker\n', /^there is no docker command/],
  [
    'no client, as bash says it',
    127,
    'bash: line 1: docker: command not found\n',
    /^there is no docker command/,
  ],
  ['no client, as dash says it', 127, '/bin/sh: 1: docker: not found\n', /^there is no docker command/],
  [
    'a client before 18.09',
    1,
    "docker: 'system dial-stdio' is not a docker command.\n",
    /^the Docker CLI on host\.example is older than 18\.09/,
  ],
  ['a user without a shell', 1, 'This account is currently not available.\n', /^the user me gets no shell/],
  [
    'a machine that is off',
    255,
    'ssh: connect to host host.example port 2222: Connection timed out\n',
    /host\.example does not answer on port 2222: Connection timed out\ncheck that the machine is on/,
  ],
  [
    'a network without a way',
    255,
    'ssh: connect to host host.example port 2222: No route to host\n',
    /does not answer on port 2222: No route to host/,
  ],
  [
    'a server with too many logins at once',
    255,
    'kex_exchange_identification: Connection closed by remote host\nConnection closed by 192.0.2.1 port 2222\n',
    /closed the connection before it was asked anything\ntoo many connections at once \(MaxStartups/,
  ],
  [
    'too many keys',
    255,
    'Received disconnect from 192.0.2.1 port 2222:2: Too many authentication failures\nDisconnected from 192.0.2.1 port 2222\n',
    /refused after too many keys were offered/,
  ],
  [
    'a host that vanished',
    255,
    'Timeout, server host.example not responding.\r\n',
    /the connection to host\.example was lost\nrun the same command again/,
  ],
  [
    'a server of another age',
    255,
    'Unable to negotiate with 192.0.2.1 port 2222: no matching host key type found. Their offer: ssh-rsa\n',
    /this ssh and host\.example have no host key type in common/,
  ],
  [
    'something unknown',
    255,
    'first line\nsomething new\n',
    /^cannot reach host\.example by ssh: it ended with 255: something new\nto see it for yourself: {2}ssh -i '\/home\/me\/my key' -p 2222 me@host\.example$/,
  ],
  ['nothing at all', 255, '', /it ended with 255: it printed nothing/],
] as const) {
  test(`${title} is told`, (t) => {
    t.regex(failureOf(code, stderr), expected);
  });
}
