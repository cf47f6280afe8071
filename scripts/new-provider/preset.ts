/** Where the file of a preset belongs, from the checkout's root. */
export function presetPath(name: string): string {
  return `exporter/providers/presets/vendors/${name}.yaml`;
}

/** What a new preset begins with: a vendor that answers one plain request. */
export function presetFile(name: string): string {
  return `title: ${name}
kind: balance                # balance, credits, quota, merchant or spend
units: [USD]
sign: the remaining amount is positive
docs: https://docs.${name}.example/balance
min_interval: 1m
evidence: third party        # vendor, once confirmed by its own documentation
credential: API key
permission: reading the balance
base_url: https://api.${name}.example
options:
  key: { secret: true, about: an API key }
# Options of the provider \`json\`: docs/providers.md#any-json-api
json:
  url: '{base_url}/v1/balance'
  auth: { type: bearer, token: '{key}' }
  values: [{ type: balance, expr: balance, unit: { expr: currency, currency: true } }]
# The documented answer with sample figures, what it is read as, and what was sent for it.
fixture:
  answer: { balance: '12.50', currency: usd }
  readings: [{ type: balance, unit: USD, value: 12.5 }]
  sent: { path: /v1/balance, headers: { authorization: Bearer secret-key } }
`;
}
