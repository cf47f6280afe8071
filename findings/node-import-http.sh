#!/bin/sh
# How much memory does a program pay for `import 'node:http'` beside `require('node:http')`, in Node 24.21.0?
# A good guess: nothing, it is the same built-in module. The namespace of an import needs the value of every export, so the
# getters that load fetch's HTTP client (WebSocket, CloseEvent, MessageEvent) run at once: several MiB and tens of milliseconds.
# Linux only: reads /proc.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

printf '{ "private": true, "allowScripts": { "node": true } }\n' >package.json
npm install --silent --no-audit --no-fund --save-exact node@24.21.0

show="const rss = () => Number(/VmRSS:\s+(\d+)/.exec(require('node:fs').readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;"
printf "%s require('node:http').createServer(); console.log(rss());\n" "$show" >required.cjs
printf "%s import('node:http').then((http) => { http.createServer(); console.log(rss()); });\n" "$show" >imported.cjs

# The least of five runs each, in MiB.
least() { for run in 1 2 3 4 5; do node_modules/.bin/node "$1"; done | sort -n | head -n 1; }
required=$(least required.cjs)
imported=$(least imported.cjs)
echo "Node $(node_modules/.bin/node --version): required $required MiB, imported $imported MiB resident"
node_modules/.bin/node -e "
const built = process.moduleLoadList.length;
require('node:http');
const required = process.moduleLoadList.length;
import('node:http').then(() => {
  const more = process.moduleLoadList.slice(required).filter((name) => /undici/.test(name));
  console.log('loaded by the import only:', more.join(', ') || 'nothing');
});" | tee seen
grep -q undici seen
awk -v imported="$imported" -v required="$required" 'BEGIN { exit !(imported - required > 5) }'
