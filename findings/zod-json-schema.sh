#!/bin/sh
# What does the JSON Schema that zod 4.6.7 makes say of input that the schema itself takes or refuses?
# A good guess: the same. `preprocess` shows only what it wraps, so a short form that is taken is refused by the JSON Schema;
# refinements leave no trace, so what is refused passes; and every integer gets the bounds of a double.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

printf '{ "private": true, "type": "module", "allowScripts": { "node": true } }\n' >package.json
npm install --silent --no-audit --no-fund --save-exact node@24.21.0 zod@4.6.7 ajv@8.20.0

cat >schema.mjs <<'JS'
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as z from 'zod';

const list = z.preprocess((value) => (Array.isArray(value) ? { names: value } : value), z.object({ names: z.array(z.string()) }));
const even = z.int().refine((value) => value % 2 === 0);
const show = (name, schema, value) => {
  const json = z.toJSONSchema(schema, { io: 'input' });
  const isValid = new Ajv2020().compile(json)(value);
  console.log(`${name} ${JSON.stringify(value)}: zod ${schema.safeParse(value).success}, JSON Schema ${isValid}`);
  return json;
};
show('preprocess', list, { names: ['a'] });
show('preprocess', list, ['a']);
const { minimum, maximum } = show('refine', even, 3);
console.log(`int: from ${minimum} to ${maximum}`);
JS

echo "Node $(node_modules/.bin/node --version), zod 4.6.7"
node_modules/.bin/node schema.mjs | tee seen
cat >expected <<'TXT'
preprocess {"names":["a"]}: zod true, JSON Schema true
preprocess ["a"]: zod true, JSON Schema false
refine 3: zod false, JSON Schema true
int: from -9007199254740991 to 9007199254740991
TXT
cmp expected seen
