#!/bin/sh
# Does Node's compile cache, once filled, serve a program that sets flags of V8, in Node 24.21.0?
# A good guess: code is cached by its source and Node's version, and a flag of the garbage collector does not matter. The cache's
# folder is named by a hash of V8's flags at the moment of `enableCompileCache`: those of heap sizes do not count, but
# `--heap-growing-percent` does, also where the program sets it itself. A cache that was filled without it is not found, without
# a word. Where the flag is set once the cache is enabled, the folder is the same, V8 refuses the code, and Node replaces it, so
# that two programs that share the cache undo each other's at every start.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

printf '{ "private": true, "allowScripts": { "node": true } }\n' >package.json
npm install --silent --no-audit --no-fund --save-exact node@24.21.0

printf 'exports.sum = (numbers) => numbers.reduce((left, right) => left + right, 0);\n' >part.cjs
cat >main.cjs <<'JS'
const { enableCompileCache } = require('node:module');
const v8 = require('node:v8');
const [when, flag] = process.argv.slice(2);
if (when === 'before') v8.setFlagsFromString(flag);
enableCompileCache('cache');
if (when === 'after') v8.setFlagsFromString(flag);
require('./part.cjs');
JS

node=node_modules/.bin/node
echo "Node $($node --version)"
# A run without flags fills the cache, and each other one is asked whether it finds what is in it.
found() {
  rm -rf cache
  $node main.cjs
  log=$(NODE_DEBUG_NATIVE=COMPILE_CACHE $node "$@" 2>&1)
  case $log in *'part.cjs was accepted'*) echo found ;; *'part.cjs was rejected'*) echo refused ;; *) echo 'not found' ;; esac
}
{
  echo "no flag: $(found main.cjs)"
  echo "--max-old-space-size=200 when started: $(found --max-old-space-size=200 main.cjs)"
  echo "--heap-growing-percent=33 when started: $(found --heap-growing-percent=33 main.cjs)"
  echo "--max-old-space-size=200 set before: $(found main.cjs before --max-old-space-size=200)"
  echo "--heap-growing-percent=33 set before: $(found main.cjs before --heap-growing-percent=33)"
  echo "--heap-growing-percent=33 set after: $(found main.cjs after --heap-growing-percent=33)"
} | tee seen
cat >expected <<'TXT'
no flag: found
--max-old-space-size=200 when started: found
--heap-growing-percent=33 when started: not found
--max-old-space-size=200 set before: found
--heap-growing-percent=33 set before: not found
--heap-growing-percent=33 set after: refused
TXT
cmp expected seen
