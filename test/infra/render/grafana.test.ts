import test from 'ava';
import { dataSourceJson } from '../../../infra/render/data-source.ts';
import { grafanaEnvironment } from '../../../infra/render/grafana.ts';

test('Grafana is told its public URL, its language and nothing secret', (t) => {
  t.deepEqual(
    grafanaEnvironment({
      publicUrl: 'https://ops.example/grafana',
      anonymous: true,
      language: 'zh',
      closed: false,
    }),
    {
      GF_SECURITY_ADMIN_USER: 'admin',
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana-admin-password',
      GF_SERVER_ROOT_URL: 'https://ops.example/grafana/',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_USERS_DEFAULT_LANGUAGE: 'zh-Hans',
      GF_AUTH_ANONYMOUS_ENABLED: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_NEWS_NEWS_FEED_ENABLED: 'false',
      GF_SECURITY_DISABLE_GRAVATAR: 'true',
    },
  );
});

test('the data source asks by GET, in steps of the scrapes', (t) => {
  t.is(dataSourceJson('1m', false), '{"httpMethod":"GET","timeInterval":"1m"}');
});
