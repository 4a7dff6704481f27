import type { Policy } from "../../cli/granting/policy";

export const anywhere = { region: "*", account: "*" };

/** The same policy without one of its rights. */
export function without(right: string, { Version, Statement }: Policy): Policy {
  const rest = Statement.map((one) => ({ ...one, Action: one.Action.filter((name) => name !== right) }));
  return { Version, Statement: rest.filter(({ Action }) => Action.length > 0) };
}
