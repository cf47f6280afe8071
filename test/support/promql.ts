import { parser } from '@prometheus-io/lezer-promql';

/** A series selector in an expression. */
export interface Selector {
  readonly metric: string;
  /** Names of the labels it matches on. */
  readonly labels: readonly string[];
  /** The functions and aggregations around it, innermost first. */
  readonly within: readonly string[];
  /** Its range, such as `5m`; undefined for an instant selector. */
  readonly range: string | undefined;
}

export interface Analysis {
  /** Where the text is no PromQL, as the text around each place. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels in `by`, `without`, `on`, `ignoring`, `group_left`, `group_right`. */
  readonly groupings: readonly string[];
  /** Right sides of divisions. */
  readonly divisors: readonly string[];
  readonly comparisons: number;
}

type Node = ReturnType<typeof parser.parse>['topNode'];

/** Reads what checks need to know of an expression, by the parser that Prometheus' own editor uses. */
export function analyse(expr: string): Analysis {
  const text = (node: Node): string => expr.slice(node.from, node.to);
  const errors: string[] = [];
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  const divisors: string[] = [];
  let comparisons = 0;
  const visit = (node: Node): void => {
    if (node.type.isError) {
      errors.push(expr.slice(Math.max(0, node.from - 20), node.to + 20));
    }
    if (node.name === 'VectorSelector') {
      selectors.push(selectorOf(node, text));
    } else if (node.name === 'GroupingLabels') {
      groupings.push(...node.getChildren('LabelName').map(text));
    } else if (node.name === 'BinaryExpr' && node.getChild('Div') !== null && node.lastChild !== null) {
      divisors.push(text(node.lastChild));
    } else if (['Eql', 'EqlC', 'Neq', 'Gtr', 'Gte', 'Lss', 'Lte', 'EqlSingle'].includes(node.name)) {
      comparisons += node.parent?.name === 'BinaryExpr' ? 1 : 0;
    }
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      visit(child);
    }
  };
  visit(parser.parse(expr).topNode);
  return { errors, selectors, groupings, divisors, comparisons };
}

function selectorOf(node: Node, text: (node: Node) => string): Selector {
  const identifier = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  const labels = matchers.flatMap((matcher) => matcher.getChildren('LabelName').map(text));
  const within: string[] = [];
  let range: string | undefined;
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    const name = parent.getChild('FunctionIdentifier') ?? parent.getChild('AggregateOp');
    if (name !== null) {
      within.push(text(name));
    }
    const duration = parent.name === 'MatrixSelector' ? parent.getChild('DurationExpr') : null;
    range = duration === null ? range : text(duration);
  }
  return { metric: identifier === null ? '' : text(identifier), labels, within, range };
}
