import test from 'ava';
import { AlertmanagerApi } from '../../../../scripts/lib/stack/test-alert/alertmanager.ts';

function apiThatAnswers(date: string | undefined): AlertmanagerApi {
  return new AlertmanagerApi({
    url: 'http://alertmanager.example',
    auth: undefined,
    signal: new AbortController().signal,
    fetch: async () => new Response('[]', date === undefined ? {} : { headers: { date } }),
  });
}

test('an alert starts and ends by the clock of Alertmanager, whatever that of this machine is', async (t) => {
  for (const aheadMs of [-600_000, 0, 86_400_000]) {
    const api = apiThatAnswers(new Date(Date.now() + aheadMs).toUTCString());
    await api.alerts('run', 'x');
    // The header leaves out fractions of a second.
    const offMs = api.nowMs() - Date.now() - aheadMs;
    t.true(offMs <= 0 && offMs > -30_000, `${offMs} ms`);
    const before = api.nowMs();
    await api.alerts('run', 'x');
    t.true(api.nowMs() >= before);
  }
});

test('where Alertmanager tells no time, that of this machine is used', async (t) => {
  for (const date of [undefined, 'soon']) {
    const api = apiThatAnswers(date);
    await api.alerts('run', 'x');
    t.true(Math.abs(api.nowMs() - Date.now()) < 30_000);
  }
});
