#!/bin/sh
# What does fast-xml-parser make of figures, with its default options?
# A good guess: numbers everywhere, or text everywhere. Numbers, except where a number would lose digits: those stay text.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --save-exact fast-xml-parser@5.12.1

cat >figures.mjs <<'JS'
import { XMLParser } from 'fast-xml-parser';
const parser = new XMLParser();
for (const text of ['1.10', '007', '0x1F', '1e3', '9007199254740991', '9007199254740993']) {
  console.log(text, '->', JSON.stringify(parser.parse(`<amount>${text}</amount>`).amount));
}
JS

echo "fast-xml-parser 5.12.1, Node $(node --version)"
node figures.mjs | tee seen
cat >expected <<'TXT'
1.10 -> 1.1
007 -> 7
0x1F -> 31
1e3 -> 1000
9007199254740991 -> 9007199254740991
9007199254740993 -> "9007199254740993"
TXT
cmp expected seen
