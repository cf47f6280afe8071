/** How an account of the replaced system is asked for here. */
export interface Route {
  /** Provider's id here. */
  readonly provider: string;
  /** Secrets by the field that takes them; the last part of their names. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The account's options, given what refers to the secret of each field. */
  readonly options: (reference: (field: string) => unknown) => Record<string, unknown>;
  /** Notes for the migration. */
  readonly hint?: string;
}

const ownKey = (provider: string, hint?: string): Route => ({
  provider,
  secrets: { key: 'KEY' },
  options: (reference) => ({ key: reference('key') }),
  ...(hint === undefined ? {} : { hint }),
});

const keyPair = (provider: string): Route => ({
  provider,
  secrets: { access_key_id: 'ACCESS_KEY_ID', access_key_secret: 'ACCESS_KEY_SECRET' },
  options: (reference) => ({
    access_key_id: reference('access_key_id'),
    access_key_secret: reference('access_key_secret'),
  }),
});

/** The generic provider, for vendors that answer a plain GET. */
const generic = (
  request: Record<string, unknown>,
  auth: (key: unknown) => Record<string, unknown>,
  value: Record<string, unknown>,
): Route => ({
  provider: 'json',
  secrets: { key: 'KEY' },
  options: (reference) => ({ ...request, auth: auth(reference('key')), values: [value] }),
});

const bearer = (token: unknown) => ({ type: 'bearer', token });

const managementKey = 'needs a management key: an ordinary one is refused, or answers for itself only';

/**
 * Ways to ask for the accounts of each provider of the replaced system, the best first. The first one whose
 * provider exists and takes the options is used.
 */
const routes: Readonly<Record<string, readonly Route[]>> = {
  openrouter: [ownKey('openrouter', managementKey)],
  volc: [keyPair('volcengine')],
  aliyun: [keyPair('aliyun')],
  deepseek: [
    ownKey('deepseek', 'reports each currency by itself: an account with two takes a threshold for each'),
  ],
  glm: [ownKey('zhipu')],
  uniapi: [
    ownKey('uniapi'),
    generic(
      {
        url: 'https://api.uniapi.io/v1/billing/usage',
        query: { unit: 'usd' },
        check: { expr: 'success', equals: true },
      },
      bearer,
      { type: 'credits', expr: 'data.balance', unit: 'USD' },
    ),
  ],
  wxrank: [
    ownKey('wxrank'),
    generic(
      {
        url: 'https://data.wxrank.com/weixin/score',
        check: { expr: 'code', equals: 0, message: 'msg' },
      },
      (key) => ({ type: 'query', name: 'key', value: key }),
      {
        type: 'credits',
        expr: 'msg',
        regex: '剩余[^\\d.,+-]{0,20}([+-]?\\d[\\d,]*(?:\\.\\d+)?)',
        unit: 'points',
      },
    ),
  ],
  tikhub: [
    ownKey('tikhub'),
    generic({ url: 'https://api.tikhub.io/api/v1/tikhub/user/get_user_info' }, bearer, {
      type: 'balance',
      expr: 'user_data.balance',
      unit: 'USD',
    }),
  ],
  // Asked a web page's own interface with a browser's headers, which is not the vendor's to rely on.
  xai: [],
};

/** Ways for a provider of the replaced system; one it did not have may still be one of ours. */
export function routesFor(provider: string): readonly Route[] {
  return Object.hasOwn(routes, provider) ? (routes[provider] ?? []) : [ownKey(provider)];
}
