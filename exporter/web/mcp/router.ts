import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Router } from 'express';
import express from 'express';
import { foreignRequest } from '../access/origin.ts';
import type { McpDependencies } from './server.ts';
import { createMcpServer } from './server.ts';

export interface McpRouterDependencies extends McpDependencies {
  /** Names in `Host`, beside IP addresses and names without dots. */
  readonly allowedHosts: readonly string[];
}

/** Questions are short. */
const longestBodyBytes = 65_536;

/**
 * `/mcp` of the status port: the Model Context Protocol over streamable HTTP, without sessions, each request answered in JSON.
 * Pages in a browser are refused, as the protocol's specification demands.
 */
export function createMcpRouter({ allowedHosts, ...dependencies }: McpRouterDependencies): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.all('/mcp', async (request, response) => {
    const refuse = (status: number, code: number, message: string): void => {
      response.status(status).json({ jsonrpc: '2.0', error: { code, message }, id: null });
    };
    const foreign = foreignRequest(request, allowedHosts);
    if (foreign !== undefined) return refuse(403, -32_000, foreign);
    if (request.method !== 'POST') {
      response.set('Allow', 'POST');
      return refuse(405, -32_000, 'method not allowed: use POST');
    }
    const server = createMcpServer(dependencies);
    const transport = new StreamableHTTPServerTransport({
      enableJsonResponse: true,
      maxRequestBodySize: longestBodyBytes,
    });
    response.once('close', () => void server.close());
    await server.connect(transport);
    await transport.handleRequest(request, response);
  });
  return router;
}
