import type { ServerResponse } from 'node:http';

/** Answers with a plain text, on a port that has no framework for it. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(text);
}
