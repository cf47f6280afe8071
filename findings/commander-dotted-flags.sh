#!/bin/sh
# Under which key does commander keep a flag with dots in its name?
# A good guess: one rule for all. Only what follows a dash is made camel case, so dots stay and dashes go.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact commander@15.1.0

cat >flags.mjs <<'JS'
import { Command } from 'commander';
const command = new Command().option('--web.config.file <path>').option('--web.enable-lifecycle');
command.parse(['--web.config.file', 'web.yml', '--web.enable-lifecycle'], { from: 'user' });
console.log(JSON.stringify(command.opts()));
JS

echo "commander 15.1.0, Node $(node --version)"
node flags.mjs | tee seen
printf '%s\n' '{"web.config.file":"web.yml","web.enableLifecycle":true}' >expected
cmp expected seen
