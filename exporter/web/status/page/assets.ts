import { createHash } from 'node:crypto';
import { favicon } from './icons.ts';
import { style } from './style.ts';

/** A file that the pages need. Its name changes with its content, so that browsers may keep it for good. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly content: string;
}

function named(name: string, extension: string, content: string): string {
  return `${name}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}.${extension}`;
}

/** Relative to the status page. */
export const stylePath = named('style', 'css', style);
export const iconPath = named('icon', 'svg', favicon);

export const assets: readonly Asset[] = [
  { path: stylePath, type: 'text/css; charset=utf-8', content: style },
  { path: iconPath, type: 'image/svg+xml; charset=utf-8', content: favicon },
];
