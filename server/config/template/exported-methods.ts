import type { AnyNode, Program } from 'acorn';
import { isAsynchronous } from './exported-functions.ts';
import { declarations, moduleExports } from './module-exports.ts';
import { syntaxOf } from './parse-source.ts';

/** An exported class or object whose methods are asynchronous: a handler must be a function that calls one. */
export interface MethodOwner {
  readonly export: string;
  /** A class has to be constructed first. */
  readonly isClass: boolean;
  readonly methods: readonly string[];
}

/** The exported classes, their instances and objects of a module that have asynchronous methods. */
export function exportedMethods(program: Program): readonly MethodOwner[] {
  const declared = declarations(program);
  return moduleExports(program).flatMap(([name, node]) => {
    const methods = methodsOf(node, declared);
    return methods.length === 0 ? [] : [{ export: name, isClass: isClass(node), methods }];
  });
}

function methodsOf(
  node: AnyNode | null | undefined,
  declared: ReadonlyMap<string, AnyNode>,
): readonly string[] {
  if (isClass(node)) return node.body.body.flatMap(methodName);
  if (node?.type === 'ObjectExpression') return node.properties.flatMap(methodName);
  if (node?.type !== 'NewExpression' || node.callee.type !== 'Identifier') return [];
  const constructed = declared.get(node.callee.name);
  return isClass(constructed) ? methodsOf(constructed, declared) : [];
}

/** Of a method that everybody may call on an instance. */
function methodName(member: AnyNode): readonly string[] {
  const isMember =
    member.type === 'MethodDefinition' || member.type === 'PropertyDefinition' || member.type === 'Property';
  if (!isMember || member.computed || member.key.type !== 'Identifier') return [];
  const { accessibility = 'public' } = syntaxOf(member);
  const isStatic = member.type !== 'Property' && member.static;
  return !isStatic && accessibility === 'public' && isAsynchronous(member.value) ? [member.key.name] : [];
}

type ClassNode = Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>;

function isClass(node: AnyNode | null | undefined): node is ClassNode {
  return node?.type === 'ClassDeclaration' || node?.type === 'ClassExpression';
}
