/** What a report tells of each type, in the order of the types; of those alone that it has something of. */
export function byType<Type extends string, One extends { readonly type: Type }>(
  types: Readonly<Record<Type, unknown>>,
  all: readonly One[],
): { readonly type: Type; readonly some: readonly One[] }[] {
  return (Object.keys(types) as Type[])
    .map((type) => ({ type, some: all.filter((one) => one.type === type) }))
    .filter(({ some }) => some.length > 0);
}
