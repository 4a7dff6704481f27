import { errorCatalogue } from "../facts/errors";
import { actions } from "../operations/actions";
import { loginAction, loginRefusals } from "../service/faultForms";
import { deviceEventActions } from "../service/journal";
import type { Choices } from "./view";

/** What the page offers for faults and filters; the same as long as the emulator runs. */
export function choices(): Choices {
  return {
    actions: [...actions.keys()].sort(),
    deviceActions: deviceEventActions,
    codes: Object.keys(errorCatalogue).sort(),
    loginAction,
    loginCodes: [...loginRefusals],
  };
}
