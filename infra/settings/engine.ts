import * as z from 'zod';
import { defaultEngineHost } from './hosts.ts';
import type { ConfigSource, Problem } from './source.ts';
import { check, decode } from './source.ts';

/** Where containers are made, and what it takes to get there: the Docker provider's own keys. */
export interface EngineSettings {
  /** Always set, so that both halves of the provider's plugin talk to one engine (`new docker.Provider`). */
  readonly host: string;
  readonly sshOpts?: readonly string[] | undefined;
  readonly certPath?: string | undefined;
  /** PEM texts; secret. */
  readonly caMaterial?: string | undefined;
  readonly certMaterial?: string | undefined;
  readonly keyMaterial?: string | undefined;
  /** Secret. */
  readonly registryAuth?: readonly RegistryAuth[] | undefined;
}

export interface RegistryAuth {
  readonly address: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

const materials = ['caMaterial', 'certMaterial', 'keyMaterial'] as const;

const engineSchema = z
  .strictObject({
    host: z
      .string()
      .regex(
        /^(unix|npipe|tcp|ssh|https?):\/\/\S+$/,
        'expected an address such as unix:///var/run/docker.sock or ssh://user@host',
      )
      .optional(),
    sshOpts: z.array(z.string(), 'expected a list of texts').optional(),
    certPath: z.string().min(1).optional(),
    caMaterial: z.string().min(1).optional(),
    certMaterial: z.string().min(1).optional(),
    keyMaterial: z.string().min(1).optional(),
    registryAuth: z
      .array(
        z.strictObject({
          address: z.string('expected the registry, such as registry.example:5000'),
          username: z.string().optional(),
          password: z.string().optional(),
        }),
        'expected a list of registries',
      )
      .optional(),
  })
  .superRefine((engine, context) => {
    // One half of the plugin asks for all three, the other is content with two; the message of the first names none.
    const missing = materials.filter((key) => engine[key] === undefined);
    if (missing.length > 0 && missing.length < materials.length) {
      context.addIssue({
        code: 'custom',
        path: [missing[0] ?? ''],
        message: `expected ${materials.join(', ')} together`,
      });
    }
  });

const structured = new Set(['sshOpts', 'registryAuth']);

/** Keys that come with every provider and are Pulumi's to read. */
const pulumisOwn = new Set(['version', 'pluginDownloadURL']);

/**
 * The engine, from `docker:*` and the environment. A Docker context is refused: it would move the containers to
 * another engine, but not the image, which is built by a half of the plugin that doesn't know contexts.
 */
export function parseEngine(source: ConfigSource): {
  readonly engine: EngineSettings;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const contextOfEnvironment = source.environment['DOCKER_CONTEXT'] ?? '';
  if (source.values['docker:context'] !== undefined) {
    problems.push({
      key: 'docker:context',
      message: 'contexts are not supported: set docker:host to the address of the engine',
    });
  } else if (contextOfEnvironment !== '' && contextOfEnvironment !== 'default') {
    problems.push({
      key: 'DOCKER_CONTEXT',
      message:
        'contexts are not supported: unset this variable and set docker:host to the address of the engine',
    });
  }

  const { document, problems: undecodable } = decode(source, 'docker', structured);
  problems.push(...undecodable);
  for (const key of ['context', ...pulumisOwn]) delete document[key];

  const fallback = source.environment['DOCKER_HOST'] || defaultEngineHost;
  const { value, problems: wrong } = check(engineSchema, document, 'docker', source);
  if (value === undefined) return { engine: { host: fallback }, problems: [...problems, ...wrong] };
  if (value.keyMaterial !== undefined && !source.secretKeys.has('docker:keyMaterial')) {
    problems.push({
      key: 'docker:keyMaterial',
      message: 'stored in plain text in the stack file: set it again with --secret',
    });
  }
  return { engine: { ...value, host: value.host ?? fallback }, problems };
}
