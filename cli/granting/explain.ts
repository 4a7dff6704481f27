import { instanceAccess, ramAction } from "./policy";
import type { NamedUse } from "./uses";

/** What each right is for, and where its form comes from; JSON has no place for it. */
export function explain(uses: readonly NamedUse[]): string {
  const reasons = new Map<string, Map<string, Set<string>>>();
  for (const { action, by } of uses) {
    const actions = reasons.get(ramAction(action)) ?? new Map<string, Set<string>>();
    reasons.set(ramAction(action), actions.set(action, (actions.get(action) ?? new Set()).add(by)));
  }
  const lines = [...reasons]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([right, actions]) => {
      const what = [...actions].map(([action, by]) => `${action} (${[...by].join(", ")})`).join(", ");
      return `  ${right}: ${what}`;
    });
  return `Each right, with the actions of the service that it allows and who asks for them:\n${lines.join("\n")}\n${about}`;
}

const about = `Every action needs ${instanceAccess} on its instance besides (documented). The names are those of the vendor's pages of the
actions; they differ from the actions' own where the list above shows it.
An instance is written twice: as instance/<id> by the table of RAM authentication, by its id alone on the pages of the
actions. Group actions have groupId/<id>/* besides, after that table.`;
