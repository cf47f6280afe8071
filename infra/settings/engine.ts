import { join, resolve } from 'node:path';
import * as z from 'zod';
import { expecting } from '../../exporter/config/describe-issue.ts';
import { defaultEngineHost } from './hosts.ts';
import type { ConfigSource, Problem } from './source.ts';
import { check, decode } from './source.ts';
import { sshAddressOf, sshOptions, sshProblem } from './ssh.ts';

/** Where containers are made, and what it takes to get there: the Docker provider's own keys. */
export interface EngineSettings {
  /** Always set, so that both halves of the provider's plugin talk to one engine (`new docker.Provider`). */
  readonly host: string;
  /** The user's own; `sshOptionsOf` completes them. */
  readonly sshOpts?: readonly string[] | undefined;
  /** Absolute; a folder with ca.pem, cert.pem and key.pem. */
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
      .superRefine((host, context) => {
        const message = host.startsWith('ssh://') ? sshProblem(host) : undefined;
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional(),
    sshOpts: z.array(z.string(), 'expected a list of texts').optional(),
    certPath: z.string().min(1).optional(),
    caMaterial: z.string().min(1).optional(),
    certMaterial: z.string().min(1).optional(),
    keyMaterial: z.string().min(1).optional(),
    registryAuth: z
      .array(
        z.strictObject({
          address: z.string(expecting('the registry, such as registry.example:5000')),
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
  const host = value.host ?? fallback;
  const problemOfFallback =
    value.host === undefined && host.startsWith('ssh://') ? sshProblem(host) : undefined;
  if (problemOfFallback !== undefined) problems.push({ key: 'DOCKER_HOST', message: problemOfFallback });
  const certificates = certificatesOf({ ...value, host }, source);
  problems.push(...certificates.problems);
  const { certPath: _certPath, sshOpts = optionsOfEnvironment(source, host), ...rest } = value;
  return {
    engine: {
      ...rest,
      host,
      ...(sshOpts === undefined ? {} : { sshOpts }),
      ...(certificates.folder === undefined ? {} : { certPath: certificates.folder }),
    },
    problems,
  };
}

/** As one half of the plugin reads the variable; given as an argument, both halves have them. */
function optionsOfEnvironment(source: ConfigSource, host: string): readonly string[] | undefined {
  const words = (source.environment['DOCKER_SSH_OPTS'] ?? '').split(/\s+/).filter((word) => word !== '');
  return words.length > 0 && host.startsWith('ssh://') ? words : undefined;
}

/**
 * Where the certificates are: the configured folder, else that of the Docker CLI's own variables. The plugin reads these variables
 * as well, whatever it is given, so those that don't fit the configuration are refused.
 */
function certificatesOf(
  engine: EngineSettings,
  source: ConfigSource,
): { readonly folder: string | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const takesTls = /^(tcp|https?):\/\//.test(engine.host);
  const hasMaterial = engine.keyMaterial !== undefined;
  const folderOfEnvironment = source.environment['DOCKER_CERT_PATH'] ?? '';
  if (engine.certPath !== undefined && hasMaterial) {
    problems.push({ key: 'docker:certPath', message: 'expected this folder or keyMaterial, not both' });
  } else if (
    !takesTls &&
    (engine.certPath !== undefined || hasMaterial) &&
    !engine.host.startsWith('unix:')
  ) {
    problems.push({
      key: engine.certPath === undefined ? 'docker:keyMaterial' : 'docker:certPath',
      message: `only used with tcp://, and docker:host is ${engine.host}`,
    });
  }
  if (folderOfEnvironment !== '' && (hasMaterial || engine.host.startsWith('ssh://'))) {
    problems.push({
      key: 'DOCKER_CERT_PATH',
      message: hasMaterial
        ? 'set besides docker:keyMaterial: unset this variable'
        : `only used with tcp://, and the engine is ${engine.host}: unset this variable`,
    });
  }
  const hostOfEnvironment = source.environment['DOCKER_HOST'] ?? '';
  // Half of the plugin lets the variable win over the configuration, but only with these.
  if (hasMaterial && hostOfEnvironment !== '' && hostOfEnvironment !== engine.host) {
    problems.push({
      key: 'DOCKER_HOST',
      message: `${hostOfEnvironment}, and docker:host is ${engine.host}: with docker:keyMaterial the image would be built on the former; unset this variable`,
    });
  }
  if (engine.certPath !== undefined) return { folder: resolve(source.root, engine.certPath), problems };
  if (!takesTls || hasMaterial) return { folder: undefined, problems };
  if (folderOfEnvironment !== '') return { folder: resolve(folderOfEnvironment), problems };
  const home = source.environment['HOME'] ?? '';
  // As the Docker CLI does.
  return (source.environment['DOCKER_TLS_VERIFY'] ?? '') !== '' && home !== ''
    ? { folder: join(home, '.docker'), problems }
    : { folder: undefined, problems };
}

/** The options that ssh is given for this engine; undefined where it is not reached by ssh. */
export function sshOptionsOf(engine: EngineSettings): readonly string[] | undefined {
  return sshAddressOf(engine.host) === undefined ? undefined : sshOptions(engine.sshOpts);
}
