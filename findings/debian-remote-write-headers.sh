#!/bin/sh
# Does Debian's Prometheus 2.42.0 send the `headers` of a remote_write entry?
# A good guess: yes, as the upstream build of 2.42.0 does. promtool accepts them, the log is silent, and they are never sent:
# a store with tenants files the samples under its default tenant, or refuses them. The password of the same entry is sent.
# Needs Debian 12, whose package is unpacked, not installed.
set -eu
folder=$(mktemp -d)
trap 'kill $pids 2>/dev/null || true; rm -rf "$folder"' EXIT
pids=
cd "$folder"

apt-get download -o APT::Sandbox::User="$(id -un)" prometheus >/dev/null
dpkg -x prometheus_2.42.*.deb debian
debian/usr/bin/prometheus --version 2>&1 | head -n 1

# A store that keeps the headers of what is written to it.
cat >store.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
createServer((request, response) => {
  request.resume().once('end', () => {
    writeFileSync('headers', `${Object.keys(request.headers).sort().join('\n')}\n`);
    response.writeHead(204).end();
  });
}).listen(0, '127.0.0.1', function () {
  writeFileSync('port', String(this.address().port));
});
JS
node store.mjs &
pids=$!
until [ -s port ]; do sleep 0.1; done
own=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")

cat >prometheus.yml <<YAML
global: { scrape_interval: 1s }
scrape_configs: [{ job_name: itself, static_configs: [{ targets: ['127.0.0.1:$own'] }] }]
remote_write:
  - url: http://127.0.0.1:$(cat port)/write
    headers: { X-Scope-OrgID: team-a }
    basic_auth: { username: writer, password: example }
YAML
debian/usr/bin/promtool check config prometheus.yml | sed 's/^ *//' | grep -v '^$' | tail -n 1
debian/usr/bin/prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address="127.0.0.1:$own" 2>log &
pids="$pids $!"
until [ -s headers ]; do sleep 0.2; done

echo 'headers that arrived:' && cat headers
echo "lines of the log that speak of headers: $(grep -ci 'header' log || true)"
grep -q '^authorization$' headers
! grep -q '^x-scope-orgid$' headers
