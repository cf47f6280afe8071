import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ServerUnaryCall, sendUnaryData, UntypedHandleCall } from '@grpc/grpc-js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import engineService from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import engineMessages from '@pulumi/pulumi/proto/engine_pb.js';
import resourceService from '@pulumi/pulumi/proto/resource_grpc_pb.js';
import resourceMessages from '@pulumi/pulumi/proto/resource_pb.js';
import emptyMessages from 'google-protobuf/google/protobuf/empty_pb.js';
import structMessages from 'google-protobuf/google/protobuf/struct_pb.js';
import pLimit from 'p-limit';
import { ensureBundle } from './bundle.ts';

/** The real entry of the Pulumi program, run by the SDK's own runner as the Pulumi CLI would, against a monitor of ours. */

const root = resolve(import.meta.dirname, '../..');

export const project = 'balance-alert';
export const stack = 'test';

/** A value that the program wrapped as secret. */
export interface SecretValue {
  readonly secret: unknown;
}

export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Secrets stand as `{ secret: value }`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly replaceOnChanges: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly deletedWith: string;
  readonly retainOnDelete: boolean;
  readonly provider: string;
}

export interface ProgramRun {
  /** In the order in which they came. */
  readonly registrations: readonly Registration[];
  /** Of the stack, secrets as in inputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly exitCode: number;
  /** What the program logged as errors, and what it wrote. */
  readonly said: string;
}

export interface ProgramConfig {
  /** By full key, such as `balance-alert:ports`; structured values are JSON. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys?: readonly string[];
  readonly dryRun?: boolean;
}

/** How the SDK marks values that are no plain JSON: @pulumi/pulumi/runtime/rpc. */
const signatureKey = '4dabf18193072939515e22adb298388d';
const secretSignature = '1b47061264138c4ac30d75fd1eb44270';

/** What a resource would have got from its provider, beside its own inputs. */
function outputsOf(type: string, name: string): Readonly<Record<string, unknown>> {
  switch (type) {
    case 'docker:index/remoteImage:RemoteImage':
      return { imageId: `sha256:${name}` };
    case 'docker:index/image:Image':
      return { repoDigest: `sha256:${name}` };
    case 'random:index/randomPassword:RandomPassword':
      return { result: { [signatureKey]: secretSignature, value: 'made-by-random' } };
    case 'random:index/randomId:RandomId':
      return { hex: '0a0b0c0d' };
    default:
      return {};
  }
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const entries = new Map(Object.entries(value));
  if (entries.get(signatureKey) === secretSignature) return { secret: decode(entries.get('value')) };
  return Object.fromEntries([...entries].map(([key, item]) => [key, decode(item)]));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** Each takes seconds: with as many at a time as there are processors, one after the other comes to an end. */
const inTurn = pLimit(availableParallelism());

/** Runs the program to its end. */
export function runProgram(config: ProgramConfig): Promise<ProgramRun> {
  return inTurn(() => runToItsEnd(config));
}

async function runToItsEnd(config: ProgramConfig): Promise<ProgramRun> {
  // The program refuses to go on without it.
  await ensureBundle();
  const registrations: Registration[] = [];
  const errors: string[] = [];
  let outputs: Readonly<Record<string, unknown>> = {};

  const urnOf = (request: resourceMessages.RegisterResourceRequest): string => {
    const parentType = request.getParent().split('::')[2];
    const type = parentType === undefined ? request.getType() : `${parentType}$${request.getType()}`;
    return `urn:pulumi:${stack}::${project}::${type}::${request.getName()}`;
  };

  const monitor: Record<string, UntypedHandleCall> = {
    // Without `getDeploymentInfo`, the SDK asks for each feature by name. Output values would only dress up what is sent.
    supportsFeature: (
      { request }: ServerUnaryCall<resourceMessages.SupportsFeatureRequest, unknown>,
      reply: sendUnaryData<resourceMessages.SupportsFeatureResponse>,
    ) => {
      const response = new resourceMessages.SupportsFeatureResponse();
      response.setHassupport(request.getId() !== 'outputValues');
      reply(null, response);
    },
    registerPackage: (_call: unknown, reply: sendUnaryData<resourceMessages.RegisterPackageResponse>) =>
      reply(null, new resourceMessages.RegisterPackageResponse()),
    signalAndWaitForShutdown: (_call: unknown, reply: sendUnaryData<emptyMessages.Empty>) =>
      reply(null, new emptyMessages.Empty()),
    registerResource: (
      { request }: ServerUnaryCall<resourceMessages.RegisterResourceRequest, unknown>,
      reply: sendUnaryData<resourceMessages.RegisterResourceResponse>,
    ) => {
      const sent = request.getObject()?.toJavaScript() ?? {};
      const urn = urnOf(request);
      registrations.push({
        type: request.getType(),
        name: request.getName(),
        urn,
        inputs: asRecord(decode(sent)),
        parent: request.getParent(),
        dependencies: request.getDependenciesList(),
        deleteBeforeReplace: request.getDeletebeforereplace(),
        replaceOnChanges: request.getReplaceonchangesList(),
        ignoreChanges: request.getIgnorechangesList(),
        deletedWith: request.getDeletedwith(),
        retainOnDelete: request.getRetainondelete() ?? false,
        provider: request.getProvider(),
      });
      const response = new resourceMessages.RegisterResourceResponse();
      response.setUrn(urn);
      if (request.getCustom()) response.setId(`id-of-${request.getName()}`);
      response.setObject(
        structMessages.Struct.fromJavaScript(
          JSON.parse(JSON.stringify({ ...sent, ...outputsOf(request.getType(), request.getName()) })),
        ),
      );
      reply(null, response);
    },
    registerResourceOutputs: (
      { request }: ServerUnaryCall<resourceMessages.RegisterResourceOutputsRequest, unknown>,
      reply: sendUnaryData<emptyMessages.Empty>,
    ) => {
      if (request.getUrn().includes('::pulumi:pulumi:Stack::')) {
        outputs = asRecord(decode(request.getOutputs()?.toJavaScript() ?? {}));
      }
      reply(null, new emptyMessages.Empty());
    },
  };

  let rootResource = '';
  const engine: Record<string, UntypedHandleCall> = {
    log: (
      { request }: ServerUnaryCall<engineMessages.LogRequest, unknown>,
      reply: sendUnaryData<emptyMessages.Empty>,
    ) => {
      if (request.getSeverity() === engineMessages.LogSeverity.ERROR) errors.push(request.getMessage());
      reply(null, new emptyMessages.Empty());
    },
    getRootResource: (_call: unknown, reply: sendUnaryData<engineMessages.GetRootResourceResponse>) => {
      const response = new engineMessages.GetRootResourceResponse();
      response.setUrn(rootResource);
      reply(null, response);
    },
    setRootResource: (
      { request }: ServerUnaryCall<engineMessages.SetRootResourceRequest, unknown>,
      reply: sendUnaryData<engineMessages.SetRootResourceResponse>,
    ) => {
      rootResource = request.getUrn();
      reply(null, new engineMessages.SetRootResourceResponse());
    },
  };

  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(resourceService.ResourceMonitorService, monitor);
  server.addService(engineService.EngineService, engine);
  const port = await new Promise<number>((done, failed) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? done(bound) : failed(error),
    );
  });

  // The runner loads two thousand modules.
  const compileCache = process.env['NODE_COMPILE_CACHE'];
  try {
    const address = `127.0.0.1:${port}`;
    const child = spawn(
      process.execPath,
      [
        // Pulumi takes a trace for each promise, and source maps are read for all of its frames.
        '--stack-trace-limit=3',
        resolve(root, 'node_modules/@pulumi/pulumi/cmd/run/index.js'),
        `--monitor=${address}`,
        `--engine=${address}`,
        `--project=${project}`,
        `--stack=${stack}`,
        '--parallel=16',
        `--root-directory=${root}`,
        `--pwd=${resolve(root, 'infra')}`,
        ...(config.dryRun === true ? ['--dry-run'] : []),
        'index.ts',
      ],
      {
        cwd: resolve(root, 'infra'),
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }),
          PULUMI_CONFIG: JSON.stringify(config.values),
          PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys ?? []),
          // As `typescript: false` in Pulumi.yaml: Node strips the types itself.
          PULUMI_NODEJS_TYPESCRIPT: 'false',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const [stdout, stderr, exitCode] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number>((done) => child.once('close', (code) => done(code ?? 1))),
    ]);
    return { registrations, outputs, exitCode, said: [...errors, stdout, stderr].join('\n') };
  } finally {
    server.forceShutdown();
  }
}
