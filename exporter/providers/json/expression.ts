import type { JSONValue } from '@jmespath-community/jmespath';
import {
  compile,
  isRegistered,
  registerFunction,
  TreeInterpreter,
  TYPE_ANY,
} from '@jmespath-community/jmespath';
import { messageOf } from '../../errors.ts';
import { CheckError } from '../../readings/check-error.ts';
import { readAmount } from '../money.ts';
import { refuseSentinelOperand, SentinelOperand } from './sentinels.ts';

type ExpressionNode = ReturnType<typeof compile>;

/**
 * JMESPath with strict figures. The published rules (jmespath.org) let three things pass that would invent money: `to_number` of an
 * empty text is 0 in the library, a list drops what is null before `sum` sees it, and the sum of nothing is 0.
 * In here each of them is a failure.
 */

/** A figure that is not there: null, or a text of blanks. Where a value is optional, it is left out. */
export class AbsentFigure extends Error {
  override readonly name = 'AbsentFigure';
}

/** What the sum of an empty list is: 0 for costs, no figure for what is left. Set by `search` for one evaluation. */
let sumOfNothing: 0 | undefined;

function figure(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined || (typeof value === 'string' && value.trim() === '')) {
    throw new AbsentFigure('expected a number, got nothing');
  }
  const read = typeof value === 'string' ? readAmount(value) : undefined;
  if (read === undefined)
    throw new TypeError(`expected a number, got ${typeof value === 'string' ? 'other text' : typeof value}`);
  return read;
}

/** What stands right of a projection inside `sum`, and in `items`: as it is, but never dropped where it is null. */
const presentFunction = 'present_item';

function present(value: unknown): void {
  if (value === null || value === undefined) throw new AbsentFigure('an item of the list is missing');
}

/** What stands around each operand of an operator. */
const operandFunction = 'operand';

let prepared = false;

/** The library keeps one table of functions for the whole program. */
function prepare(): void {
  if (prepared) return;
  prepared = true;
  const signature = [{ types: [TYPE_ANY] }];
  registerFunction('to_number', ([value]) => figure(value), signature, { override: true });
  registerFunction(
    'sum',
    ([list]) => {
      if (!Array.isArray(list)) {
        if (list === null) throw new AbsentFigure('expected a list to sum up, got nothing');
        throw new TypeError(`expected a list to sum up, got ${typeof list}`);
      }
      for (const item of list) refuseSentinelOperand(item, 'the list to sum up has');
      if (list.length > 0) return list.reduce<number>((total, item) => total + figure(item), 0);
      if (sumOfNothing === undefined) throw new AbsentFigure('the list to sum up is empty');
      return sumOfNothing;
    },
    signature,
    { override: true },
  );
  registerFunction(
    'from_json',
    ([text]) => {
      if (text === null) return null;
      if (typeof text !== 'string') throw new TypeError('expected JSON in a text');
      return JSON.parse(text);
    },
    signature,
  );
  registerFunction(
    operandFunction,
    ([value]) => {
      refuseSentinelOperand(value, 'an operand is');
      return value as JSONValue;
    },
    signature,
  );
  registerFunction(
    presentFunction,
    ([value]) => {
      present(value);
      // What the library hands over here is data: only `&expression` is a node, and none stands in this place.
      return value as JSONValue;
    },
    signature,
  );
}

const compiled = new Map<string, ExpressionNode>();

/** Expressions come from account files and presets; this many are more than any has. */
const mostCompiled = 10_000;

function compileOnce(expression: string, isList = false): ExpressionNode {
  const key = `${isList ? 'list' : 'value'} ${expression}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  prepare();
  const whole = strict(compile(expression));
  const node = isList ? keepingNulls(whole) : whole;
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(key, node);
  return node;
}

/** What is wrong with an expression; undefined where it can be used. */
export function expressionFault(expression: string): string | undefined {
  try {
    const unknown = functionsOf(compileOnce(expression)).find((name) => !isRegistered(name));
    return unknown === undefined ? undefined : `unknown function ${unknown}()`;
  } catch (error) {
    return error instanceof RangeError ? 'it is nested too deeply' : messageOf(error);
  }
}

/**
 * What an expression finds in a document; null where it finds nothing. `isList` is for the list that values are read from:
 * nothing of it is dropped because it is null.
 * @throws AbsentFigure where a function needs a figure that is not there
 * @throws CheckError `schema` where the document is not of the shape that the expression needs
 */
export function search(
  document: unknown,
  expression: string,
  options: { readonly sumOfNothing?: 0; readonly isList?: boolean } = {},
): unknown {
  const node = compileOnce(expression, options.isList);
  sumOfNothing = options.sumOfNothing;
  try {
    // Answers are JSON, which the type asks for and nobody can prove without walking through it.
    return TreeInterpreter.search(node, document as never);
  } catch (error) {
    if (error instanceof AbsentFigure) throw error;
    if (error instanceof SentinelOperand) throw error;
    throw new CheckError('schema', `${expression}: the answer is not of the shape that it needs`, {
      cause: error,
    });
  } finally {
    sumOfNothing = undefined;
  }
}

/** JMESPath's own idea of true: 0 is. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== '';
}

const projections: ReadonlySet<string> = new Set(['Projection', 'FilterProjection', 'ValueProjection']);

/**
 * The same expression, in which a `sum` over a projection does not drop what is missing, and no operator calculates with
 * a number that means "no limit".
 */
function strict(node: ExpressionNode): ExpressionNode {
  return transformed(node, (inner) => {
    if (inner.type === 'Function' && inner.name === 'sum') {
      return { ...inner, children: inner.children.map(keepingNulls) };
    }
    if (inner.type !== 'Arithmetic' || !('left' in inner) || !('right' in inner)) return inner;
    return { ...inner, left: asOperand(inner.left), right: asOperand(inner.right) };
  });
}

function asOperand(node: ExpressionNode): ExpressionNode {
  return { type: 'Function', name: operandFunction, children: [node] };
}

/** The same projection, and those that it goes through, without dropping what is null. */
function keepingNulls(node: ExpressionNode): ExpressionNode {
  if (node.type === 'Pipe' && 'right' in node) return { ...node, right: keepingNulls(node.right) };
  if (node.type === 'Flatten' && 'child' in node) return { ...node, child: keepingNulls(node.child) };
  if (!projections.has(node.type) || !('right' in node) || !('left' in node)) return node;
  const { left, right } = node;
  return {
    ...node,
    left: keepingNulls(left),
    right: projections.has(right.type)
      ? keepingNulls(right)
      : { type: 'Function', name: presentFunction, children: [right] },
  };
}

/** A tree of nodes, rebuilt from its leaves. */
function transformed(node: ExpressionNode, change: (node: ExpressionNode) => ExpressionNode): ExpressionNode {
  const entries = Object.entries(node).map(([key, value]: [string, unknown]) => [
    key,
    key === 'value' ? value : rebuilt(value, change),
  ]);
  // Every part is put back where it was, so it is a node of the same kind.
  return change(Object.fromEntries(entries) as ExpressionNode);
}

function rebuilt(value: unknown, change: (node: ExpressionNode) => ExpressionNode): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => rebuilt(item, change));
  return isNode(value) ? transformed(value, change) : value;
}

function isNode(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function functionsOf(node: ExpressionNode): readonly string[] {
  const names: string[] = [];
  transformed(node, (inner) => {
    if (inner.type === 'Function') names.push(inner.name);
    return inner;
  });
  return names;
}
