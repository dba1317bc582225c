import { tsPlugin } from '@sveltejs/acorn-typescript';
import { type Node, Parser, type Program } from 'acorn';

/** What acorn's own types do not tell of TypeScript: types, and what carries them. */
export interface Syntax extends Node {
  readonly id?: Syntax;
  readonly name?: string;
  readonly key?: Syntax;
  readonly value?: unknown;
  readonly raw?: string;
  readonly operator?: string;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly typeAnnotation?: Syntax;
  /** Of a function. */
  readonly returnType?: Syntax;
  readonly accessibility?: string;
  readonly elementType?: Syntax;
  readonly elementTypes?: readonly Syntax[];
  readonly types?: readonly Syntax[];
  readonly literal?: Syntax;
  readonly quasis?: readonly Syntax[];
  readonly typeName?: Syntax;
  readonly typeArguments?: Syntax;
  readonly typeParameters?: Syntax;
  readonly params?: readonly Syntax[];
  readonly parameters?: readonly Syntax[];
  readonly members?: readonly Syntax[];
  readonly initializer?: Syntax;
  readonly argument?: Syntax;
  readonly left?: Syntax;
  readonly right?: Syntax;
  readonly expressions?: readonly Syntax[];
  /** Of a type parameter. */
  readonly constraint?: Syntax;
  readonly declare?: boolean;
  readonly const?: boolean;
  /** `extends` of an interface. */
  readonly extends?: readonly Syntax[];
  readonly expression?: Syntax | boolean;
  readonly body?: Syntax | readonly Syntax[];
}

const typescript = Parser.extend(tsPlugin());
const withJsx = Parser.extend(tsPlugin({ jsx: true }));

/**
 * The syntax of a JavaScript or TypeScript file, types included. Executes nothing.
 * @throws SyntaxError
 */
export function parseSource(text: string, file: string): Program {
  const parser = /\.[cm]?ts$/.test(file) ? typescript : withJsx;
  return parser.parse(text, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    // The plugin refuses to do without.
    locations: true,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
  });
}

/** The same node with what TypeScript adds to it. */
export function syntaxOf(node: object): Syntax {
  return node as Syntax;
}

/** The type that is written behind a name: that of `x: T`. */
export function annotationOf(node: object): Syntax | undefined {
  return syntaxOf(node).typeAnnotation?.typeAnnotation;
}
