import { once } from 'node:events';
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One connection to a server, for one request after the other. Closed at the end of its scope. */
export interface HttpConnection extends Disposable {
  readonly ask: (method: string, path: string) => Promise<Answer>;
}

const endOfHeader = Buffer.from('\r\n\r\n');

/**
 * For tests that send requests by the ten thousand to what says the length of its answers: to ask by `node:http` takes longer
 * than to answer, and by `fetch` several times as long.
 * @param url of the server, without a path
 */
export async function openConnection(url: string): Promise<HttpConnection> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let waiting: PromiseWithResolvers<Answer> | undefined;
  let received: Buffer[] = [];
  /** Of the whole answer, once its header is there. */
  let length: number | undefined;
  let bytes = 0;

  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  socket.on('data', (chunk) => {
    received.push(chunk);
    bytes += chunk.length;
    length ??= lengthOf(Buffer.concat(received));
    if (length === undefined || bytes < length) return;
    const answer = Buffer.concat(received);
    const isExact = bytes === length;
    received = [];
    bytes = 0;
    length = undefined;
    if (!isExact) return fail(new Error('the server sent more than one answer'));
    waiting?.resolve(answerIn(answer));
    waiting = undefined;
  });
  return {
    ask(method, path) {
      if (waiting !== undefined) throw new Error('expected one request at a time');
      waiting = Promise.withResolvers<Answer>();
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      return waiting.promise;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Bytes of an answer with its header; undefined while the header is not whole. */
function lengthOf(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(endOfHeader);
  if (end < 0) return undefined;
  const header = bytes.toString('latin1', 0, end);
  const [, length] = /^content-length: (\d+)\r?$/im.exec(header) ?? [];
  if (length === undefined) throw new Error(`expected an answer with its length, got ${header}`);
  return end + endOfHeader.length + Number(length);
}

function answerIn(bytes: Buffer): Answer {
  return {
    // HTTP/1.1 200 OK
    status: Number(bytes.toString('latin1', 9, 12)),
    text: bytes.toString('utf8', bytes.indexOf(endOfHeader) + endOfHeader.length),
  };
}
