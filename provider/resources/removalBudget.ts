import { type Portion, portionOf } from "../../kinds/portion";
import { defaultRemovalMax } from "../../kinds/removal";
import { counted } from "../../kinds/words";
import { MqttProviderError } from "../errors";

/** Logins that an operation would take away. */
interface Removal {
  readonly action: string;
  readonly object: string;
  /** What the program allows. */
  readonly max: Portion | undefined;
  /** How many devices have one, or may have one. */
  readonly held: number;
  /** How many of them would lose theirs, and which, in words. */
  readonly leaving: number;
  readonly names: string;
  /** What was not done, as a clause. */
  readonly undone: string;
  /** What else there is to do, as a clause. */
  readonly otherwise: string;
}

/** The refusal to take away more logins than the program allows; undefined when it allows so many. */
export function overBudget(removal: Removal): MqttProviderError | undefined {
  const { action, object, max = defaultRemovalMax, held, leaving, names, undone, otherwise } = removal;
  const budget = portionOf(max, held);
  if (leaving <= budget) {
    return undefined;
  }
  const share = ((leaving / held) * 100).toFixed(1).replace(/\.0$/, "");
  return new MqttProviderError({
    kind: "Conflict",
    action,
    object,
    problem: `${leaving} of ${counted(held, "device")} (${share}%) would lose their login, and removal.max, ${JSON.stringify(max)}, allows ${budget}: ${names}`,
    advice: `${undone}. If they are to go, raise removal.max for this change ("100%" for all, as before a destroy: run \`pulumi up\` first, as destroy uses what the last update has stored); else ${otherwise}`,
  });
}
