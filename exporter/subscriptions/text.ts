/** An amount with the decimals its currency has, and more only where it has more itself: `3,500.00`, `1,000` (JPY). */
export function formatAmount(amount: number, currency: string): string {
  const { minimumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return new Intl.NumberFormat('en', {
    minimumFractionDigits: minimumFractionDigits ?? 2,
    maximumFractionDigits: 6,
  }).format(amount);
}

/** Without control characters, which neither a terminal nor a calendar takes as text. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
