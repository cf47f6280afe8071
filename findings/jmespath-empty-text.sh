#!/bin/sh
# What does JMESPath's to_number make of an empty text, in three libraries?
# A good guess: null everywhere, as for any text that is not a number. Both JavaScript libraries answer 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact jmespath@0.16.0 @jmespath-community/jmespath@1.3.0
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check jmespath==1.0.1

cat >ask.mjs <<'JS'
import original from 'jmespath';
import * as community from '@jmespath-community/jmespath';
const expression = "to_number('')";
console.log('npm jmespath 0.16.0:', JSON.stringify(original.search({}, expression)));
console.log('npm @jmespath-community/jmespath 1.3.0:', JSON.stringify(community.search({}, expression)));
JS
cat >ask.py <<'PY'
import json, jmespath
print('PyPI jmespath 1.0.1:', json.dumps(jmespath.search("to_number('')", {})))
PY

{ node ask.mjs && python/bin/python ask.py; } | tee seen
cat >expected <<'TXT'
npm jmespath 0.16.0: 0
npm @jmespath-community/jmespath 1.3.0: 0
PyPI jmespath 1.0.1: null
TXT
cmp expected seen
