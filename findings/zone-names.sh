#!/bin/sh
# Zone names that Intl takes and a Temporal polyfill refuses, in the same process.
# A good guess: a name that Intl.DateTimeFormat accepts is good everywhere in the same runtime.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

printf '{ "private": true, "allowScripts": { "node": true } }\n' >package.json
npm install --silent --no-audit --no-fund --save-exact node@24.21.0 temporal-polyfill@1.0.8

cat >zones.mjs <<'JS'
import { Temporal } from 'temporal-polyfill';
const takes = (use) => {
  try {
    use();
    return 'accepted';
  } catch (error) {
    return error.name;
  }
};
for (const timeZone of ['Asia/Tokyo', 'EST', 'JST', 'IST', 'CST', 'PST']) {
  const intl = takes(() => new Intl.DateTimeFormat('en', { timeZone }));
  const temporal = takes(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone));
  console.log(`${timeZone}: Intl ${intl}, Temporal ${temporal}`);
}
JS

echo "Node $(node_modules/.bin/node --version), temporal-polyfill 1.0.8"
node_modules/.bin/node zones.mjs | tee seen
cat >expected <<'TXT'
Asia/Tokyo: Intl accepted, Temporal accepted
EST: Intl accepted, Temporal accepted
JST: Intl accepted, Temporal RangeError
IST: Intl accepted, Temporal RangeError
CST: Intl accepted, Temporal RangeError
PST: Intl accepted, Temporal RangeError
TXT
cmp expected seen
