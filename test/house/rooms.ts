/**
 * Who may import whom. The parts of the repository import each other through doors; within a part its rooms stand one above
 * the other, and imports go down only. A new folder gets its place in here.
 */

/** What each part may import of the others: folders end with a slash, and files are named. */
export const doors: Readonly<Record<string, readonly string[]>> = {
  exporter: [],
  rules: ['exporter/mail/topics.ts', 'exporter/metrics/'],
  dashboards: ['exporter/metrics/', 'rules/'],
  infra: [
    'dashboards/',
    'exporter/account-file/',
    'exporter/config/',
    'exporter/errors.ts',
    'exporter/metrics/',
    'exporter/relay/words.ts',
    'rules/',
  ],
  scripts: ['dashboards/', 'exporter/', 'infra/', 'rules/'],
};

/**
 * The rooms of each part, from the ground up. Those on one floor do not import each other. A file belongs to the room that
 * names the longest part of its path.
 */
export const floors: readonly (readonly string[])[] = [
  // Words that everything above shares.
  ['exporter/errors.ts', 'exporter/build-info.ts', 'exporter/memory.ts', 'exporter/mail/topics.ts'],
  ['exporter/config/', 'exporter/readings/', 'exporter/metrics/', 'exporter/mail/senders.ts'],
  ['exporter/log.ts', 'exporter/mail/schema.ts', 'exporter/storage/'],
  ['exporter/providers/', 'exporter/mail/classify/'],
  // Asks for tokens with the HTTP client of the providers.
  ['exporter/mail/imap/'],
  // Three domains that know nothing of each other.
  ['exporter/accounts/', 'exporter/subscriptions/', 'exporter/mail/'],
  ['exporter/account-file/'],
  ['exporter/snapshot/'],
  ['exporter/web/'],
  ['exporter/web/metrics/', 'exporter/web/status/', 'exporter/web/api/'],
  ['exporter/web/mcp/'],
  // Knows nothing of accounts: it takes what Alertmanager and Prometheus say.
  ['exporter/relay/words.ts', 'exporter/relay/message.ts'],
  ['exporter/relay/bots/'],
  ['exporter/relay/'],
  // The running exporter.
  ['exporter/exporter.ts', 'exporter/clock-watch.ts', 'exporter/hang-up.ts', 'exporter/limit-memory.ts'],
  ['exporter/commands/'],
  ['exporter/main.ts'],
  ['exporter/start.ts'],
  ['exporter/load-parts.ts'],
  ['exporter/warm-up.ts'],

  ['rules/'],
  ['dashboards/'],

  ['infra/settings/'],
  ['infra/render/'],
  ['infra/components/'],
  ['infra/index.ts'],

  ['scripts/lib/json.ts', 'scripts/lib/until.ts', 'scripts/lib/terminal/'],
  ['scripts/lib/ssh/'],
  [
    'scripts/lib/bundle/',
    'scripts/lib/docker/',
    'scripts/lib/pulumi/',
    'scripts/lib/render/',
    'scripts/demo-history/',
    'scripts/new-provider/',
  ],
  ['scripts/lib/install/'],
  ['scripts/lib/stack/', 'scripts/lib/testing/'],
  ['scripts/lib/doctor/'],
  ['scripts/'],
];

export interface Room {
  /** A folder or a file. */
  readonly path: string;
  readonly floor: number;
}

/** The room of a file; undefined for a file that has no place yet. */
export function roomOf(file: string): Room | undefined {
  let room: Room | undefined;
  for (const [floor, paths] of floors.entries()) {
    for (const path of paths) {
      const inside = path.endsWith('/') ? file.startsWith(path) : file === path;
      if (inside && path.length > (room?.path.length ?? 0)) room = { path, floor };
    }
  }
  return room;
}

/** What is wrong with one file's import of another; undefined where nothing is. */
export function objection(from: string, to: string): string | undefined {
  const [source, target] = [roomOf(from), roomOf(to)];
  const part = partOf(from);
  if (part !== partOf(to)) {
    const open = doors[part] ?? [];
    return open.some((door) => (door.endsWith('/') ? to.startsWith(door) : to === door))
      ? undefined
      : `${part} may import of the other parts only: ${open.join(', ') || 'nothing'}`;
  }
  if (source === undefined || target === undefined) return 'it has no place in test/house/rooms.ts';
  if (source.path === target.path || target.floor < source.floor) return undefined;
  return target.floor === source.floor
    ? `${source.path} and ${target.path} stand on one floor`
    : `${target.path} stands above ${source.path}`;
}

function partOf(file: string): string {
  return file.slice(0, file.indexOf('/'));
}
