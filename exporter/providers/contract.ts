import type * as z from 'zod';
import type { Reading, ReadingType } from '../readings/reading.ts';
import type { HttpClient } from './http.ts';

/** Everything a check may use. All effects come in here, so that a provider is a pure mapping around one request. */
export interface ProviderContext<Options> {
  /** The account's `options`, validated, with secrets resolved. */
  readonly options: Options;
  readonly http: HttpClient;
  readonly now: () => Date;
}

export interface Provider<Schema extends z.ZodType = z.ZodType> {
  /** As written in the account file: lower case, digits and hyphens; the folder's name. */
  readonly id: string;
  /** The vendor's name for people. */
  readonly title: string;
  /** What its accounts report; `any` where the account decides. */
  readonly kind: ReadingType | 'spend' | 'any';
  /** Units its readings can have, for the documents; empty where the account decides. */
  readonly units: readonly string[];
  /** How the vendor's signs map onto ours, in a few words. */
  readonly sign: string;
  /** The vendor's own reference page, or a file of the checkout where there is no vendor. */
  readonly docs: string;
  /** Where the response format is from: the vendor's own documentation or code, or a third party. */
  readonly evidence: 'vendor' | 'third party';
  /** The kind of credential, in a few words. */
  readonly credential: string;
  /** The least privilege that it needs. */
  readonly permission: string;
  /** Shortest interval between two checks of an account that the vendor accepts. */
  readonly minIntervalSeconds: number;
  /** Shape of the account's `options`. */
  readonly options: Schema;
  /**
   * Options by the environment variables that usually hold them, the vendor's own name first; for `balance-alert init`.
   * Well-known names only: what is found is sent to the vendor.
   */
  readonly variables?: Readonly<Record<string, readonly string[]>>;
  /** Environment variables with keys of the vendor that are not enough, and what is. */
  readonly insufficientVariables?: Readonly<Record<string, string>>;
  /** Options that depend on where a key is from, with all their values, the usual one first: `init` tries them in turn. */
  readonly alternatives?: Readonly<Record<string, readonly string[]>>;
  /**
   * Asks the vendor once.
   * @throws CheckError with the reason of the failure.
   */
  check(context: ProviderContext<z.output<Schema>>): Promise<readonly Reading[]>;
}

/** Gives a provider's definition its types; the options' type flows from the schema into `check`. */
export function defineProvider<Schema extends z.ZodType>(provider: Provider<Schema>): Provider<Schema> {
  return provider;
}
