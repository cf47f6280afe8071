import * as z from 'zod';

/** What a stack's state says, as `pulumi stack export` writes it. Secrets in it stay encrypted. */

export interface StackState {
  readonly resources: readonly StateResource[];
  /** Operations that a killed run left unfinished. */
  readonly pending: readonly { readonly type: string; readonly urn: string }[];
  /** Of the last successful or failed run; secret ones are missing. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  /** As the provider knows it; empty for components. */
  readonly id: string;
  /** Of containers; secret ones are ciphertext. */
  readonly inputs?: Readonly<Record<string, unknown>>;
}

const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().default(''),
  inputs: z.record(z.string(), z.unknown()).nullish(),
  outputs: z.record(z.string(), z.unknown()).nullish(),
});

const exportSchema = z.object({
  deployment: z
    .object({
      resources: z.array(resourceSchema).nullish(),
      pending_operations: z
        .array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) }))
        .nullish(),
    })
    .nullish(),
});

const containerType = 'docker:index/container:Container';

/** Marks an encrypted value in the state. */
const secretSignature = '4dabf18193072939515e22adb298388d';

/** @throws SyntaxError or ZodError for what is no state. */
export function readState(text: string): StackState {
  const { deployment } = exportSchema.parse(JSON.parse(text));
  const resources = deployment?.resources ?? [];
  const stack = resources.find(({ type }) => type === 'pulumi:pulumi:Stack');
  return {
    resources: resources.map(({ urn, type, id, inputs }) => ({
      urn,
      type,
      id,
      ...(type === containerType && inputs ? { inputs } : {}),
    })),
    pending: (deployment?.pending_operations ?? []).map(({ type, resource }) => ({
      type,
      urn: resource.urn,
    })),
    outputs: Object.fromEntries(Object.entries(stack?.outputs ?? {}).filter(([, value]) => !isSecret(value))),
  };
}

export const emptyState: StackState = { resources: [], pending: [], outputs: {} };

/** Ids of the resources of a type, such as `docker:index/container:Container`. */
export function idsOf(state: StackState, type: string): readonly string[] {
  return state.resources
    .filter((resource) => resource.type === type && resource.id !== '')
    .map(({ id }) => id);
}

/** The id of the engine of the last run; undefined where that run was started without the scripts. */
export function engineIdOf(state: StackState): string | undefined {
  const { engine } = state.outputs;
  const id = typeof engine === 'object' && engine !== null && 'id' in engine ? engine.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && secretSignature in value;
}

/** An operation that a killed run left unfinished, for people. */
export function pendingWords({ type, urn }: StackState['pending'][number]): string {
  return `pending operation (${type}): ${urn.slice(urn.lastIndexOf('::') + 2)}`;
}
