import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';

/**
 * Components under mocks, seen through their raw registrations: mocks alone get no options. Leans on the SDK's
 * insides, whose version is pinned.
 */

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent: string;
  readonly provider: string;
  readonly deleteBeforeReplace: boolean;
  readonly replaceOnChanges: readonly string[];
  readonly replaceWith: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly deletedWith: string;
  readonly retainOnDelete: boolean;
  readonly dependencies: readonly string[];
}

/** What providers would answer beside the inputs. */
const answers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'docker:index/remoteImage:RemoteImage': { imageId: 'sha256:fetched' },
  'docker:index/image:Image': { repoDigest: 'sha256:built' },
  'random:index/randomPassword:RandomPassword': {
    result: 'random-password',
    bcryptHash: '$2a$04$abcdefghijklmnopqrstuuWzRXyz0MIKjCDpTrEQhzjBtdO1y9DK6',
  },
  'random:index/randomBytes:RandomBytes': { base64: Buffer.alloc(32, 7).toString('base64') },
  'random:index/randomId:RandomId': { hex: '00' },
};

/** What a function registers, once all of it is. One call at a time: the SDK's monitor is the process's. */
export async function registrationsOf(make: () => void): Promise<readonly Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      call: () => {
        throw new Error('nothing is looked up by this program');
      },
      newResource: ({ type, name, inputs }) => ({
        id: `id-of-${name}`,
        state: { ...inputs, ...answers[type] },
      }),
    },
    'balance-alert',
    'test',
  );
  const original = MockMonitor.prototype.registerResource;
  MockMonitor.prototype.registerResource = async function record(request, callback) {
    const sent: unknown = request.getObject()?.toJavaScript();
    await original.call(this, request, (error: unknown, response: { getUrn(): string } | undefined) => {
      registered.push({
        type: request.getType(),
        name: request.getName(),
        urn: response?.getUrn() ?? '',
        inputs: typeof sent === 'object' && sent !== null ? { ...sent } : {},
        parent: request.getParent(),
        provider: request.getProvider(),
        deleteBeforeReplace: request.getDeletebeforereplace(),
        replaceOnChanges: request.getReplaceonchangesList(),
        replaceWith: request.getReplaceWithList(),
        ignoreChanges: request.getIgnorechangesList(),
        deletedWith: request.getDeletedwith(),
        retainOnDelete: request.getRetainondelete() === true,
        dependencies: request.getDependenciesList(),
      });
      callback(error, response);
    });
  };
  try {
    make();
    // Waits for every call that is under way.
    await pulumi.runtime.disconnect();
  } finally {
    MockMonitor.prototype.registerResource = original;
  }
  return registered;
}

/** One of them by name. */
export function find(all: readonly Registered[], name: string): Registered {
  const found = all.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`${name} was not registered, but: ${all.map((one) => one.name).join(', ')}`);
  return found;
}

/** How the SDK marks a secret: @pulumi/pulumi/runtime/rpc. */
const secretMark = '4dabf18193072939515e22adb298388d';

/** Takes wrapped secrets out, so that what is left stands in clear in the state. */
export function clear(value: unknown): unknown {
  return mapSecrets(value, () => '[secret]');
}

/** Takes the wrapping off. */
export function unwrapped(value: unknown): unknown {
  return mapSecrets(value, (secret) => secret);
}

function mapSecrets(value: unknown, replace: (secret: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  if (secretMark in value) return replace('value' in value ? value.value : undefined);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapSecrets(item, replace)]));
}
