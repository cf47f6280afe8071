import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { exitCodes, Failure, messageOf } from './failure.ts';

/** Flags of the scripts: every one is either there or not, or takes one text or some. */

export interface Flag {
  /** `texts` may be given several times; they come joined by commas. */
  readonly kind: 'switch' | 'text' | 'texts';
  /** How the help writes it, such as `--stack NAME`. */
  readonly usage: string;
  readonly help: string;
}

export interface ScriptUsage<Names extends string> {
  /** Such as `scripts/up`. */
  readonly script: string;
  /** One or more sentences. */
  readonly about: string;
  readonly flags: Readonly<Record<Names, Flag>>;
  /** What follows the flags in the help. */
  readonly notes: string;
}

export type Flags<Names extends string> = Readonly<Record<Names, string | boolean | undefined>>;

/** The flag that was probably meant. Unknown where the packages are not installed yet: the scripts start without them. */
function meantBy(flag: string, known: readonly string[]): string | undefined {
  try {
    const { nearestWord }: typeof import('../../../exporter/config/nearest-word.ts') = createRequire(
      import.meta.url,
    )('../../../exporter/config/nearest-word.ts');
    return nearestWord(flag, known);
  } catch {
    return undefined;
  }
}

/** Prints the help and gives undefined for `--help`. @throws Failure (2) for what is not a flag. */
export function readFlags<Names extends string>(
  usage: ScriptUsage<Names>,
  argv: readonly string[],
  print: (text: string) => void,
): Flags<Names> | undefined {
  const options: Record<string, { type: 'boolean' | 'string'; short?: string; multiple?: boolean }> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const name of flagNames(usage)) {
    const { kind } = usage.flags[name];
    options[name] = { type: kind === 'switch' ? 'boolean' : 'string', multiple: kind === 'texts' };
  }
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    if (values['help'] === true) {
      print(helpText(usage));
      return undefined;
    }
    const flags: Partial<Record<Names, string | boolean | undefined>> = {};
    for (const name of flagNames(usage)) {
      const given = values[name];
      const value = Array.isArray(given) ? given.join(',') : given;
      flags[name] = typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
    }
    return isComplete(flags, flagNames(usage)) ? flags : undefined;
  } catch (error) {
    const [sentence = ''] = messageOf(error).split(/\. (?=To specify)/);
    const [, unknown] = /^Unknown option '--([^']+)'$/.exec(sentence) ?? [];
    const meant = unknown === undefined ? undefined : meantBy(unknown, Object.keys(options));
    throw new Failure(
      `${sentence}${meant === undefined ? '' : `; did you mean --${meant}?`}`,
      [`${usage.script} --help lists the flags`],
      exitCodes.usage,
    );
  }
}

export function helpText(usage: ScriptUsage<string>): string {
  const width = Math.max(...Object.values(usage.flags).map((flag) => flag.usage.length), '--help'.length);
  const lines = [...Object.values(usage.flags), { usage: '--help', help: 'print this' }].map(
    (flag) => `  ${flag.usage.padEnd(width)}  ${flag.help}`,
  );
  return `${usage.about}\n\nUsage: ${usage.script} [flags]\n\n${lines.join('\n')}\n\n${usage.notes}\n`;
}

function flagNames<Names extends string>(usage: ScriptUsage<Names>): Names[] {
  return Object.keys(usage.flags).filter((name): name is Names => name in usage.flags);
}

function isComplete<Names extends string>(
  flags: Partial<Record<Names, string | boolean | undefined>>,
  names: readonly Names[],
): flags is Record<Names, string | boolean | undefined> {
  return names.every((name) => name in flags);
}
