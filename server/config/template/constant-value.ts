import type { Syntax } from './parse-source.ts';

export type Constant = number | string;

/**
 * What an expression gives in running code, of those whose value their text alone tells: literals, templates without
 * substitutions, `-x`, `+x`, `~x`, shifts and `|` of them, and the names in `known`; undefined for any other.
 */
export function constantValue(node: Syntax, known: ReadonlyMap<string, Constant>): Constant | undefined {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number' || typeof node.value === 'string' ? node.value : undefined;
    case 'TemplateLiteral':
      return plainTemplate(node);
    case 'Identifier':
      return known.get(node.name ?? '');
    case 'ParenthesizedExpression':
      return typeof node.expression === 'object' ? constantValue(node.expression, known) : undefined;
    case 'UnaryExpression':
      return unaryValue(node.operator, numberOf(node.argument, known));
    case 'BinaryExpression':
      return binaryValue(node.operator, numberOf(node.left, known), numberOf(node.right, known));
    default:
      return undefined;
  }
}

/** Of a template without substitutions. */
export function plainTemplate({ quasis = [], expressions = [] }: Syntax): string | undefined {
  const { value } = quasis[0] ?? {};
  if (expressions.length > 0 || typeof value !== 'object' || value === null) return undefined;
  const cooked: unknown = Reflect.get(value, 'cooked');
  return typeof cooked === 'string' ? cooked : undefined;
}

function numberOf(node: Syntax | undefined, known: ReadonlyMap<string, Constant>): number | undefined {
  const value = node && constantValue(node, known);
  return typeof value === 'number' ? value : undefined;
}

function unaryValue(operator: string | undefined, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (operator === '-') return -value;
  if (operator === '+') return value;
  return operator === '~' ? ~value : undefined;
}

function binaryValue(operator: string | undefined, left?: number, right?: number): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case '|':
      return left | right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
    case '>>>':
      return left >>> right;
    default:
      return undefined;
  }
}
