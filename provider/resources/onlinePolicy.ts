import type { OnlinePolicy } from "../../kinds/removal";
import { MqttProviderError } from "../errors";
import type { Run } from "../run";

/** What an operation would do to devices that are connected. */
interface Taking {
  readonly action: string;
  readonly object: string;
  readonly problem: string;
  readonly advice: string;
}

/** Refuses what devices that are connected would lose their login by, or tells of it, as the program says. */
export function mindOnline(run: Pick<Run, "log">, policy: OnlinePolicy, taking: Taking): void {
  if (policy === "refuse") {
    throw new MqttProviderError({ kind: "Conflict", ...taking });
  }
  run.log.few("connected", `${taking.action} for ${taking.object}: ${taking.problem}.`);
}
