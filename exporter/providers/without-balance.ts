/** Vendors without an API for balances, and the alternative. For the documents, and for `balance-alert init`. */
export interface VendorWithoutBalance {
  readonly vendors: string;
  readonly why: string;
  /** In the documents' Markdown. */
  readonly instead: string;
  /** Environment variables that usually hold a key of one of them. */
  readonly variables: readonly string[];
}

const subscription = 'a [subscription](renewals.md) with the renewal date';
const mailbox = 'a [mailbox](mail.md) that receives their billing mail';

export const vendorsWithoutBalance: readonly VendorWithoutBalance[] = [
  {
    vendors: 'Cursor, Claude and ChatGPT plans, GitHub Copilot, Amp, Manus, Qoder, LongCat',
    why: 'usage is visible in a browser session only',
    instead: subscription,
    variables: ['CURSOR_API_KEY', 'AMP_API_KEY', 'LONGCAT_API_KEY'],
  },
  {
    vendors: 'Groq, Mistral, Together AI, AssemblyAI, Replicate',
    why: 'no endpoint for the balance',
    instead: mailbox,
    variables: [
      'GROQ_API_KEY',
      'MISTRAL_API_KEY',
      'TOGETHER_API_KEY',
      'ASSEMBLYAI_API_KEY',
      'REPLICATE_API_TOKEN',
    ],
  },
  {
    vendors: 'Anthropic prepaid credit, OpenAI prepaid credit',
    why: 'the APIs report cost, not the balance',
    instead: mailbox,
    variables: [],
  },
  {
    vendors: 'Google Cloud credits, AWS promotional credits',
    why: 'no endpoint; cost through the billing export',
    instead: `${mailbox}, or a cost exporter`,
    variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  },
  {
    vendors: 'Hetzner',
    why: 'no billing endpoint',
    instead: subscription,
    variables: ['HCLOUD_TOKEN'],
  },
];
