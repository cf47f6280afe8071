import test from 'ava';
import { remembered } from '../../../../exporter/mail/classify/remembered.ts';

test('the answer to a short text is made once, to a long one each time', (t) => {
  const asked: string[] = [];
  const lengthOf = remembered((text) => {
    asked.push(text);
    return text.length;
  });
  const long = 'x'.repeat(201);
  for (const text of ['short', 'short', long, long, '']) t.is(lengthOf(text), text.length);
  t.deepEqual(asked, ['short', long, long, '']);
});

test('of very many texts the oldest are forgotten, and answered again', (t) => {
  let made = 0;
  const answer = remembered((text) => {
    made += 1;
    return `of ${text}`;
  });
  for (let number = 0; number <= 1000; number += 1) t.is(answer(`text ${number}`), `of text ${number}`);
  t.is(made, 1001);
  t.is(answer('text 1000'), 'of text 1000');
  t.is(made, 1001);
  t.is(answer('text 0'), 'of text 0');
  t.is(made, 1002);
});
