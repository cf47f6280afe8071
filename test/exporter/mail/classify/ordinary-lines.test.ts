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

for (const line of ordinaryLines) {
  test(`no warning of the corpus is lost to one ordinary line, first or last: ${line}`, (t) => {
    t.true(found.length > 1000);
    const lost = found.flatMap(({ subject, text }) => [
      ...(topicOf(subject, `${line}\n${text}`) === undefined ? [`first: ${subject}`] : []),
      ...(topicOf(subject, `${text}\n${line}`) === undefined ? [`last: ${subject}`] : []),
    ]);
    t.deepEqual(lost, []);
  });
}

test('what the subject states and what the user asked for the text can not take back', (t) => {
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

test('one ordinary line raises no alarm of its own', (t) => {
  for (const text of ordinaryLines) t.is(topicOf('Hello', text), undefined, text);
});
