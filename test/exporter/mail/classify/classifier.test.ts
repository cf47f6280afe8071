import test from 'ava';
import { createClassifier } from '../../../../exporter/mail/classify/classifier.ts';
import type { TermsByTopic } from '../../../../exporter/mail/schema.ts';
import { mailTopics } from '../../../../exporter/mail/topics.ts';
import { examined } from './corpus/examined.ts';
import { heldOut, tuned, unseen } from './corpus/index.ts';
import type { CorpusMail } from './corpus/mail.ts';

const builtIn = createClassifier({ extend: {}, replace: {} });

function topicOf(subject: string, text = '', own: { extend?: TermsByTopic; replace?: TermsByTopic } = {}) {
  const classifier = createClassifier({ extend: own.extend ?? {}, replace: own.replace ?? {} });
  return classifier.isOpen(subject) ? classifier.judge({ subject, text })?.topic : undefined;
}

interface Measure {
  readonly precision: number;
  readonly recall: number;
  /** Expected, found, and the subject of each mail that is not as labelled, a wrong topic included. */
  readonly misses: readonly string[];
}

/** A mail under a wrong topic counts as found wrongly and as missed. */
function measure(mails: readonly CorpusMail[]): Measure {
  let right = 0;
  let found = 0;
  let wanted = 0;
  const misses: string[] = [];
  for (const mail of mails) {
    const topic = examined(mail);
    if (topic !== 'none') found += 1;
    if (mail.expected !== 'none') wanted += 1;
    if (topic !== mail.expected) misses.push(`expected ${mail.expected}, found ${topic}: ${mail.subject}`);
    else if (topic !== 'none') right += 1;
  }
  return { precision: right / found, recall: right / wanted, misses };
}

for (const [name, mails] of [
  ['the mails that the terms were tuned with', tuned],
  ['the mails that were held out', heldOut],
  ['the mails of kinds that were once missed, and of other languages', unseen],
] as const) {
  test(`precision and recall are above 0.97 over ${name}`, (t) => {
    const { precision, recall, misses } = measure(mails);
    t.log(`${mails.length} mails: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`);
    for (const miss of misses) t.log(miss);
    t.true(precision > 0.97, misses.join('\n'));
    t.true(recall > 0.97, misses.join('\n'));
  });
}

test('the corpus has at least 120 mails, each topic in both languages, and as many harmless ones as the largest topic', (t) => {
  const all = [...tuned, ...heldOut];
  t.true(all.length >= 120);
  for (const topic of mailTopics) {
    const some = all.filter(({ expected }) => expected === topic);
    t.true(
      some.some(({ subject }) => /\p{Script=Han}/u.test(subject)),
      topic,
    );
    t.true(
      some.some(({ subject }) => !/\p{Script=Han}/u.test(subject)),
      topic,
    );
  }
  t.true(all.filter(({ expected }) => expected === 'none').length > all.length / 3);
});

test('the topic of the subject comes before that of the text, then the priority decides', (t) => {
  t.is(topicOf('Low balance alert', 'Your account has been suspended.'), 'low_balance');
  t.is(
    topicOf('Notice', 'Your balance is low. Your account has been suspended for non-payment.'),
    'suspension',
  );
  t.is(topicOf('欠费停机通知'), 'suspension');
});

test('a threatened event counts only if none has happened', (t) => {
  t.is(topicOf('Notice', 'Invoice 12 is overdue. Otherwise your account will be suspended.'), 'arrears');
  t.is(topicOf('Notice', 'Please act on invoice 12, or your account may be suspended.'), 'suspension');
});

test('what is denied, asked, explained or only possible does not count', (t) => {
  for (const text of [
    'Your account is not overdue.',
    'There are no unpaid invoices.',
    'Your service will not be suspended.',
    'Is your balance low?',
    'If your balance is low, we will send you a mail.',
    'Set up low balance alerts in the console.',
    '您的账户无欠费。',
    '您的账户未欠费,不会停机。',
    '如果余额不足,系统会发送短信。',
    '当余额低于设定值时会通知您。',
    '以免停机。',
  ]) {
    t.is(topicOf('Notice', text), undefined, text);
  }
});

test('a zero amount is not a bill, but an empty account is a low balance', (t) => {
  t.is(topicOf('Statement', 'Balance due: $0.00'), undefined);
  t.is(topicOf('账单', '应付金额 0.00 元'), undefined);
  t.is(topicOf('Statement', 'Balance due: $10.00'), 'bill');
  t.is(topicOf('Notice', 'Your balance is $0.00.'), 'low_balance');
});

test('a balance below a threshold is recognised by its numbers', (t) => {
  t.is(topicOf('Report', 'Balance: 1,018.77 EUR\nThreshold: 2,500.00 EUR'), 'low_balance');
  t.is(topicOf('Report', 'Balance: 2,600.00 EUR\nThreshold: 2,500.00 EUR'), undefined);
  t.is(topicOf('日报告', '余额：86.4 元，预警值：100 元'), 'low_balance');
  t.is(
    topicOf('Report', 'Balance: 1 EUR\nThreshold: 2 EUR', { replace: { low_balance: ['dry'] } }),
    undefined,
  );
});

test("a user's own term matches as a whole phrase, in subject or text", (t) => {
  const own = { extend: { arrears: ['chase step 2'], bill: ['缴存通知'] } };
  t.is(topicOf('Chase-step 2', '', own), 'arrears');
  t.is(topicOf('Notice', 'This is chase step 20.', own), undefined);
  t.is(topicOf('【公积金】缴存通知', '', own), 'bill');
  t.is(topicOf('Low balance alert', '', own), 'low_balance');
});

test("a user's own term can be negated and settled like any other", (t) => {
  const own = { extend: { arrears: ['chasing'] } };
  t.is(topicOf('Notice', 'There is no chasing on your account.', own), undefined);
  t.is(topicOf('Payment received', 'The chasing is over.', own), undefined);
});

test('replaced terms take the place of the built-in ones of their topic, and an empty list disables it', (t) => {
  const own = { replace: { low_balance: ['tank is dry'], renewal: [] } };
  t.is(topicOf('Low balance alert', '', own), undefined);
  t.is(topicOf('The tank is dry', '', own), 'low_balance');
  t.is(topicOf('Renewal notice', '', own), undefined);
  t.is(topicOf('Payment failed', '', own), 'arrears');
});

test('for a subject that settles a matter or is a newsletter, the text is not read', (t) => {
  t.deepEqual(
    ['Payment received', '充值成功', 'Release notes 4.2', 'Low balance alert', 'Hello'].map((subject) =>
      builtIn.isOpen(subject),
    ),
    [false, false, false, true, true],
  );
});

test('works of a vendor and sign-ins suspend nothing, in each language that is read', (t) => {
  t.is(topicOf('メンテナンスのお知らせ', '12月3日にサービスを一時停止します。'), undefined);
  t.is(topicOf('Geplante Wartung', 'Ihr Server wird am 3. Dezember kurz abgeschaltet.'), undefined);
  t.is(
    topicOf('Maintenance programmée', 'Votre service sera suspendu dix minutes le 3 décembre.'),
    undefined,
  );
  t.is(topicOf('Mantenimiento programado', 'Su servicio será interrumpido durante diez minutos.'), undefined);
  const body = 'A new device signed in. If this was not you, your account may be suspended.';
  t.is(topicOf('New sign-in to your billing account', body), undefined);
  t.is(topicOf('サービス停止のお知らせ（料金未払い）', '12月5日にサービスを停止いたします。'), 'suspension');
});

test('a German invoice that was paid is settled, and one that is not yet paid is not', (t) => {
  const debit = 'Ihre Rechnung vom November wurde per Lastschrift beglichen.';
  t.is(topicOf('Rechnung bezahlt – vielen Dank', debit), undefined);
  t.is(topicOf('Rechnung 4711 beglichen', debit), undefined);
  t.is(
    topicOf('Ihr Konto wurde gesperrt', 'Es bleibt gesperrt, bis die Rechnung bezahlt ist.'),
    'suspension',
  );
  t.not(topicOf('Mahnung: Rechnung nicht bezahlt', ''), undefined);
});

test('a very long mail is classified quickly', (t) => {
  const started = performance.now();
  builtIn.judge({
    subject: 'Notice',
    text: 'your account balance payment invoice 余额 账单 '.repeat(3000),
  });
  builtIn.judge({ subject: 'x'.repeat(100_000), text: '您的账户'.repeat(20_000) });
  t.true(performance.now() - started < 3000);
});
