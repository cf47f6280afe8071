import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { createClassifier } from '../../../../exporter/mail/classify/classifier.ts';
import { htmlToText } from '../../../../exporter/mail/imap/html-to-text.ts';
import { corpus } from './corpus/index.ts';

const classifier = createClassifier({ extend: {}, replace: {} });

function topicOf(subject: string, text: string) {
  return classifier.isOpen(subject) ? classifier.judge({ subject, text })?.topic : undefined;
}

/** What warnings say besides, and what none of them takes back by it. */
const ordinaryLines = [
  'Thank you for your payment.',
  'We received your payment.',
  'Your payment was successful.',
  'Your last payment of $50.00 was received.',
  '感谢您的付款。',
  'You have turned on auto-renewal for this plan.',
  'Auto-recharge is enabled.',
  '您已开启自动续费',
  '上期账单已支付',
  '感谢您上月的付款。',
  'Thank you for your last payment.',
  'Previous invoice: paid',
  'Previous balance $120.00 Payments received $120.00',
  'Payments received: $120.00',
  'Log in to the customer portal to see the details.',
  'Tell your customers about us.',
  'Late fee: $0.00 due',
  'Tax: $0.00',
  'Read the full post on our blog.',
  'A billing webhook is configured for this account.',
  'See our changelog.',
  'This message is for your information only.',
  '仅供参考。',
  'Scheduled maintenance of the billing page takes place on Sunday.',
  '系统将于周日进行维护。',
  'For security, change your password regularly.',
  'Refer a friend and get 20% off.',
  '双十一特惠：充值满1000送100。',
  'If you have already paid, please ignore this message.',
  'We will never ask for your password.',
  'Unsubscribe from these emails.',
  'Take our survey.',
  '充值成功后服务将自动恢复。',
];

const found = corpus
  .filter(({ expected }) => expected !== 'none')
  .map(({ expected, subject, text, html }) => ({ expected, subject, text: text ?? htmlToText(html ?? '') }))
  .filter(({ expected, subject, text }) => topicOf(subject, text) === expected);

/** Mails between which the runner hears that this process is alive. */
const together = 50;

/** By an ordinary line: the warnings that it takes back. Mail by mail, as the classifier remembers the sentences that it has just read. */
const lostTo = new Map(ordinaryLines.map((line): readonly [string, string[]] => [line, []]));
let judged = 0;

test.before(async () => {
  for (const { subject, text } of found) {
    if (judged % together === 0) await setImmediate();
    judged += 1;
    // Those that were found have a subject that is open.
    for (const [line, lost] of lostTo) {
      if (classifier.judge({ subject, text: `${line}\n${text}` }) === undefined)
        lost.push(`first: ${subject}`);
      if (classifier.judge({ subject, text: `${text}\n${line}` }) === undefined)
        lost.push(`last: ${subject}`);
    }
  }
});

for (const line of ordinaryLines) {
  test(`no warning of the corpus is lost to one ordinary line, first or last: ${line}`, (t) => {
    t.true(found.length > 1000);
    t.is(judged, found.length);
    t.deepEqual(lostTo.get(line), []);
  });
}

test("the text does not override the subject or the user's own terms", (t) => {
  const own = createClassifier({ extend: { arrears: ['dunning step'] }, replace: {} });
  for (const text of ordinaryLines) {
    t.is(topicOf('Your balance is low', text), 'low_balance', text);
    t.is(topicOf('账户余额不足', text), 'low_balance', text);
    t.is(own.judge({ subject: 'Dunning step', text })?.topic, 'arrears', text);
    t.is(
      own.judge({ subject: 'Notice', text: `${text}\nThis is our dunning step.` })?.topic,
      'arrears',
      text,
    );
  }
});

test('one ordinary line does not raise an alert', (t) => {
  for (const text of ordinaryLines) t.is(topicOf('Hello', text), undefined, text);
});

test('thanks for a payment settle a mail that demands nothing', (t) => {
  for (const [subject, text] of [
    ['Your invoice from Acme', 'Thank you for your payment. Your invoice is attached.\nTotal: $20.00'],
    ['Invoice 12', 'Thank you for your payment.'],
    ['Invoice 12', 'We received your payment of $20.00 for invoice 12.'],
    ['Your November statement', 'Payment received - thank you. No further action is needed.'],
    ['Acme subscription renewal', 'Your payment was successful. Your plan is active until 1 May 2027.'],
    ['您的账单', '我们已收到您的付款 88 元。发票见附件。'],
    ['Ihre Rechnung 12', 'Vielen Dank für Ihre Zahlung. Der Betrag wurde verbucht.'],
    ['Votre facture 12', 'Merci pour votre paiement. Facture acquittée.'],
  ] as const)
    t.is(topicOf(subject, text), undefined, `${subject}: ${text}`);
});

test('an earlier payment does not override a subject that demands payment', (t) => {
  for (const text of [
    'Your invoice 11 was paid on April 3.',
    'We received your payment for invoice 11.',
    'Thank you for your payment.\nYour payment was successful.',
  ]) {
    t.is(topicOf('Invoice 12 is due on May 3', text), 'bill', text);
    t.is(topicOf('Your plan renews on May 3', text), 'renewal', text);
  }
});
