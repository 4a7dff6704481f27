import { errorCatalogue } from "../facts/errors";
import { actions } from "../operations/actions";
import { type LoginRefusal, loginAction } from "../service/faults";
import type { Choices } from "./view";

/** Every one of them: the compiler sees to it. */
const loginRefusals: Readonly<Record<LoginRefusal, true>> = {
  "identifier rejected": true,
  "server unavailable": true,
  "bad user name or password": true,
  "not authorized": true,
};

/** What the page offers for faults and filters; the same as long as the emulator runs. */
export function choices(): Choices {
  return {
    actions: [...actions.keys()].sort(),
    codes: Object.keys(errorCatalogue).sort(),
    loginAction,
    loginCodes: Object.keys(loginRefusals),
  };
}
