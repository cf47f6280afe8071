import { limitMemory } from './memory.ts';

/** Imported by programs before what they load, and by nothing else: it changes the whole process. */

limitMemory(process.argv.slice(2), `${process.execArgv.join(' ')} ${process.env['NODE_OPTIONS'] ?? ''}`);
