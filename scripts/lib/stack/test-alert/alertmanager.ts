import * as z from 'zod';
import { printable } from '../../../../exporter/config/printable.ts';
import type { HttpAuth } from '../../../../infra/settings/http-auth.ts';
import { authorizationOf } from '../../../../infra/settings/http-auth.ts';
import { jsonOf } from '../../json.ts';
import { Failure, fetchMessageOf } from '../../terminal/failure.ts';
import type { Sample } from '../samples.ts';
import type { Fetch } from '../verify.ts';
import { notificationSamples } from './progress.ts';

/** Alertmanager's HTTP API (v2), as much of it as a test needs. */

export interface AlertmanagerAccess {
  /** Without a slash at the end; may have a path. */
  readonly url: string;
  readonly auth: HttpAuth | undefined;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
}

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly startsAt: string;
  readonly endsAt: string;
}

const statusSchema = z.object({ versionInfo: z.object({ version: z.string() }) });
const receiversSchema = z.array(z.object({ name: z.string() }));
const alertsSchema = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    updatedAt: z.string(),
    receivers: receiversSchema,
    status: z.object({
      state: z.string(),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
    }),
  }),
);

export type KnownAlert = z.output<typeof alertsSchema>[number];

/** For one request. */
const timeoutMs = 10_000;

export class AlertmanagerApi {
  readonly #access: AlertmanagerAccess;
  /**
   * What its responses say that the time is (milliseconds since 1970) less `performance.now()`. They leave out fractions of a
   * second, so the greatest is the nearest, and time by it never goes back.
   */
  #offsetMs: number | undefined;

  constructor(access: AlertmanagerAccess) {
    this.#access = access;
  }

  get url(): string {
    return this.#access.url;
  }

  /**
   * The time by Alertmanager's clock, which decides when an alert ends, in milliseconds since 1970 and up to a second behind;
   * by this machine's where it has not answered yet or tells none.
   */
  nowMs(): number {
    return this.#offsetMs === undefined ? Date.now() : this.#offsetMs + performance.now();
  }

  async version(): Promise<string> {
    return (await this.#get('/api/v2/status', statusSchema)).versionInfo.version;
  }

  /** Names of the receivers of the configuration that runs. */
  async receivers(): Promise<readonly string[]> {
    return (await this.#get('/api/v2/receivers', receiversSchema)).map(({ name }) => name);
  }

  /** The alerts that have a label. */
  async alerts(label: string, value: string): Promise<readonly KnownAlert[]> {
    const filter = new URLSearchParams({ filter: `${label}=${JSON.stringify(value)}` });
    return this.#get(`/api/v2/alerts?${filter}`, alertsSchema);
  }

  /** The counters of notifications; undefined where there is no page of metrics, as behind some gateways. */
  async notifications(): Promise<readonly Sample[] | undefined> {
    const response = await this.#request('/metrics');
    const page = await response.text();
    return response.ok && page.includes('alertmanager_') ? notificationSamples(page) : undefined;
  }

  /** @param signal the one of the API, unless what is posted must get through although that was aborted */
  async post(alerts: readonly PostedAlert[], signal = this.#access.signal): Promise<void> {
    const response = await this.#request('/api/v2/alerts', {
      signal,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    if (!response.ok) throw this.#refusal('/api/v2/alerts', response.status, await response.text());
  }

  async #get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const response = await this.#request(path);
    const text = await response.text();
    if (!response.ok) throw this.#refusal(path, response.status, text);
    const parsed = schema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    throw new Failure(
      `${this.url}${path}: expected an answer of Alertmanager, got ${printable(text).slice(0, 200)}`,
    );
  }

  async #request(path: string, init: RequestInit = {}): Promise<Response> {
    const { url, auth, fetch } = this.#access;
    const signal = init.signal ?? this.#access.signal;
    try {
      const response = await fetch(`${url}${path}`, {
        ...init,
        headers: { ...init.headers, ...(auth === undefined ? {} : { authorization: authorizationOf(auth) }) },
        // Credentials go nowhere else.
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const timeMs = Date.parse(response.headers.get('date') ?? '');
      const offsetMs = timeMs - performance.now();
      if (!Number.isNaN(timeMs)) this.#offsetMs = Math.max(offsetMs, this.#offsetMs ?? offsetMs);
      return response;
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Failure(`Alertmanager does not answer at ${url}: ${fetchMessageOf(error)}`, [
        'of the stack: is it running (scripts/up)? An external one: publicUrls.alertmanager is how this machine reaches it',
      ]);
    }
  }

  #refusal(path: string, status: number, text: string): Failure {
    const hints =
      status === 401 || status === 403
        ? ['credentials: alertmanager.username and alertmanager.password, or alertmanager.bearerToken']
        : [];
    return new Failure(`${this.url}${path} answers ${status}: ${printable(text).slice(0, 200)}`, hints);
  }
}
