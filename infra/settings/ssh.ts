/**
 * Addresses of machines that are reached by ssh, as the Docker CLI writes them, and the options that ssh is given. The provider's
 * plugin and the scripts take them from here, so that what the checks before an update saw is what the update meets.
 */

export interface SshAddress {
  /** Undefined: the one that ssh's own configuration says. */
  readonly user: string | undefined;
  /** A name, an alias of ssh's configuration, or an IP address without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Where the engine listens over there; undefined: where that machine's Docker CLI looks. */
  readonly socket: string | undefined;
}

/** What is wrong with an `ssh://` address; undefined where nothing is. The rules are those of Docker's own connection helper. */
export function sshProblem(address: string): string | undefined {
  const expected = 'expected ssh://USER@HOST or ssh://USER@HOST:PORT';
  if (!address.startsWith('ssh://') || !URL.canParse(address)) return expected;
  const url = new URL(address);
  if (url.hostname === '') return `${expected}: the host is missing`;
  if (url.hostname.startsWith('-')) return `${expected}: a host does not begin with "-"`;
  if (url.password !== '') return `${expected} without a password: ssh takes keys (ssh-copy-id installs one)`;
  if (url.search !== '' || url.hash !== '') return `${expected} without "?" and "#"`;
  return undefined;
}

/** Undefined for what is no `ssh://` address, or for one with a problem. */
export function sshAddressOf(address: string): SshAddress | undefined {
  if (sshProblem(address) !== undefined) return undefined;
  const url = new URL(address);
  const path = decodeURIComponent(url.pathname);
  return {
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? undefined : Number(url.port),
    socket: path.replaceAll('/', '') === '' ? undefined : path,
  };
}

/**
 * The options of every call of ssh: the user's, then ours, since ssh takes the first value that it finds of each. A question would
 * have nobody to answer it, and a host that is gone would otherwise be noticed after a quarter of an hour. How host keys are
 * checked is the user's matter.
 */
export function sshOptions(own: readonly string[] = []): readonly string[] {
  return [
    ...own,
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15'],
    ...['-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=4'],
    // Forwards of the user's own configuration would fail from the second connection on.
    ...['-o', 'ClearAllForwardings=yes'],
  ];
}

/** The arguments that name the machine, with options between them as Docker's connection helper orders them. */
export function sshArguments(
  { user, host, port }: SshAddress,
  options: readonly string[],
): readonly string[] {
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...options,
    '--',
    host,
  ];
}

/** As a person types it: `me@host`, with the port where it is not the usual one. */
export function sshCommandFor({ user, host, port }: SshAddress, own: readonly string[] = []): string {
  const words = [
    'ssh',
    ...own,
    ...(port === undefined ? [] : ['-p', String(port)]),
    user === undefined ? host : `${user}@${host}`,
  ];
  return words.map(shellWord).join(' ');
}

/** A word as a POSIX shell reads it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
