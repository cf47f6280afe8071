#!/bin/sh
# Does Node's fetch get a 304 from Express when it sends the ETag that it was given?
# A good guess: yes. fetch adds "Cache-Control: no-cache" to a request that has If-None-Match, and Express honours that.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

printf '{ "private": true, "allowScripts": { "node": true } }\n' >package.json
npm install --silent --no-audit --no-fund --save-exact node@24.21.0 express@5.3.0

cat >conditional.mjs <<'JS'
import { once } from 'node:events';
import { get } from 'node:http';
import express from 'express';
const app = express();
app.get('/', (request, response) => {
  response.set('x-cache-control-seen', request.get('cache-control') ?? 'none');
  response.send('hello');
});
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;
const etag = (await fetch(url)).headers.get('etag');
const headers = { 'if-none-match': etag };
const fetched = await fetch(url, { headers });
console.log(`fetch: ${fetched.status}, cache-control sent: ${fetched.headers.get('x-cache-control-seen')}`);
const [got] = await once(get(url, { headers }), 'response');
console.log(`http.get: ${got.statusCode}, cache-control sent: ${got.headers['x-cache-control-seen']}`);
got.resume();
server.closeAllConnections();
server.close();
JS

echo "Node $(node_modules/.bin/node --version), Express 5.3.0"
node_modules/.bin/node conditional.mjs | tee seen
cat >expected <<'TXT'
fetch: 200, cache-control sent: no-cache
http.get: 304, cache-control sent: none
TXT
cmp expected seen
