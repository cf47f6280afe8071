import { samplesOf } from '../stack/samples.ts';
import type { Fetch } from '../stack/verify.ts';
import { Failure } from '../terminal/failure.ts';
import { ask } from './ask.ts';
import { inspectContainers } from './inspect.ts';
import { once } from './once.ts';
import type { Context, Subject } from './subject.ts';

/** Everything that more than one check looks at, asked once. */
export function createContext(
  subject: Subject,
  { fetch, now }: { readonly fetch: Fetch; readonly now: () => number },
): Context {
  const options = { fetch, now, clocks: new Map<string, number>() };
  return {
    ...options,
    subject,
    samples: once(async (signal: AbortSignal) => {
      const { status, text } = await ask(subject.exporter, '/metrics', options, { signal });
      if (status === 200) return samplesOf(text);
      throw new Failure(
        `${subject.exporter.url}/metrics answers ${status}: expected the metrics of the exporter`,
        ['the metrics port is 9100 unless --web.listen-address says otherwise; 8080 is the status page'],
      );
    }),
    containers: once(async () => {
      const { stack } = subject;
      return stack === undefined ? new Map() : inspectContainers(stack.engine, stack.settings);
    }),
  };
}
