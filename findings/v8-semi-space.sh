#!/bin/sh
# Can a running program limit V8's new space, in Node 24.21.0?
# A good guess: v8.setFlagsFromString('--max-semi-space-size=1') does what `node --max-semi-space-size=1` does. It is read
# once, when the process starts, and ignored without a word later; the factor by which the space grows is read each time.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

printf '{ "private": true, "allowScripts": { "node": true } }\n' >package.json
npm install --silent --no-audit --no-fund --save-exact node@24.21.0

cat >grow.cjs <<'JS'
const v8 = require('node:v8');
const [flag] = process.argv.slice(2);
if (flag) v8.setFlagsFromString(flag);
// Much stays alive for some rounds, which makes new space grow where it may.
let kept = [];
for (let round = 0; round < 200; round += 1) {
  kept = kept.slice(-40);
  kept.push(Array.from({ length: 20_000 }, (_, index) => ({ index })));
}
const { space_size: bytes } = v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
process.stdout.write(`${bytes > 8 * 2 ** 20 ? 'grew' : 'stayed small'}\n`);
JS

node=node_modules/.bin/node
echo "Node $($node --version)"
{
  echo "no flag: $($node grow.cjs)"
  echo "when started: $($node --max-semi-space-size=1 grow.cjs)"
  echo "--max-semi-space-size=1 set by the program: $($node grow.cjs --max-semi-space-size=1)"
  echo "--semi-space-growth-factor=1 set by the program: $($node grow.cjs --semi-space-growth-factor=1)"
} | tee seen
cat >expected <<'TXT'
no flag: grew
when started: stayed small
--max-semi-space-size=1 set by the program: grew
--semi-space-growth-factor=1 set by the program: stayed small
TXT
cmp expected seen
