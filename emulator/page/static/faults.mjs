// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { Choices, FaultView } from "../view" */
import { call } from "./api.mjs";
import { button, byId, element, setText, showRows } from "./dom.mjs";
import { act } from "./live.mjs";
import { oneTabStop } from "./oneTabStop.mjs";

/**
 * @param {Live} live
 * @param {Choices} choices
 * @returns {(faults: readonly FaultView[]) => void}
 */
export function faultsCard(live, { actions, codes, loginAction, loginCodes }) {
  const form = byId("fault-form", HTMLFormElement);
  const action = byId("fault-action", HTMLSelectElement);
  const effect = byId("fault-effect", HTMLSelectElement);
  const code = byId("fault-code", HTMLSelectElement);
  const clear = byId("faults-clear", HTMLButtonElement);
  const problem = form.querySelector(".problem");
  const list = byId("faults", HTMLElement);
  const removal = byId("fault-removal-problem", HTMLElement);
  oneTabStop(list);

  action.append(
    option("*", "Any action"),
    option(loginAction, "A device's login (MQTT)"),
    ...actions.map((name) => option(name)),
  );
  let isLogin = false;
  const showCodes = () => {
    byId("fault-code-part", HTMLElement).hidden = effect.value !== "none";
    if (code.options.length > 0 && isLogin === (action.value === loginAction)) return;
    isLogin = action.value === loginAction;
    code.replaceChildren(...(isLogin ? loginCodes : codes).map((name) => option(name)));
    if (!isLogin) code.value = "SystemOverFlow";
  };
  action.addEventListener("change", showCodes);
  effect.addEventListener("change", showCodes);
  showCodes();

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void act(live, problem, () => call("POST", "/faults", requestedFault()));
  });
  clear.addEventListener("click", () => void act(live, removal, () => call("DELETE", "/faults")));
  /**
   * @param {string} id
   * @param {HTMLButtonElement} pressed
   */
  const remove = async (id, pressed) => {
    const at = [...list.querySelectorAll("button")].indexOf(pressed);
    await act(live, removal, () => call("DELETE", `/faults/${encodeURIComponent(id)}`));
    // The focus does not go with the button: the next one has it, or the title when there is none.
    const left = [...list.querySelectorAll("button")];
    (left[Math.min(at, left.length - 1)] ?? byId("faults-title", HTMLElement)).focus();
  };

  return (faults) => {
    clear.hidden = faults.length === 0;
    byId("faults-empty", HTMLElement).hidden = faults.length > 0;
    showRows(
      list,
      faults,
      ({ id }) => id,
      ({ id }) => {
        const title = element("strong", { class: "id" });
        const text = element("span", { class: "muted" });
        const take = button("Remove", () => void remove(id, take));
        return {
          node: element("li", { class: "fault" }, title, take, text),
          update: (fault) => {
            const name = fault.action === "*" ? "Any action" : fault.action;
            setText(title, name);
            setText(text, faultText(fault));
            take.setAttribute("aria-label", `Remove the fault of ${name}: ${faultText(fault)}`);
          },
        };
      },
    );
  };
}

function requestedFault() {
  /** @param {string} id */
  const value = (id) => byId(id, HTMLInputElement).value.trim();
  const effect = byId("fault-effect", HTMLSelectElement).value;
  const skip = Number(value("fault-skip"));
  const object = value("fault-object");
  return {
    action: byId("fault-action", HTMLSelectElement).value,
    times: value("fault-times") === "" ? null : Number(value("fault-times")),
    delayMs: Number(value("fault-delay")),
    probability: Number(value("fault-probability")) / 100,
    ...(effect === "none" ? { code: byId("fault-code", HTMLSelectElement).value } : {}),
    ...(effect === "none" || effect === "delay" ? {} : { effect }),
    ...(skip === 0 ? {} : { skip }),
    ...(object === "" ? {} : { object }),
  };
}

/** @param {FaultView} fault */
function faultText({ code, effect, answer, late, delayMs, times, probability, skip = 0, object }) {
  const effects = {
    none: "",
    before: "request lost",
    after: "done, answer lost",
    silent: "request lost, no word",
    stall: "done, answer stalls",
  };
  return [
    code ?? effects[effect],
    answer === undefined ? "" : "another answer",
    late === undefined ? "" : "arrives late",
    delayMs > 0 ? `${delayMs.toLocaleString("en")} ms late` : "",
    times === null ? "always" : times === 1 ? "once" : `${times.toLocaleString("en")} times`,
    skip > 0 ? `after ${skip.toLocaleString("en")} more` : "",
    probability < 1 ? `chance ${Number((probability * 100).toFixed(2))} %` : "",
    object === undefined ? "" : `only ${object}`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/**
 * @param {string} value
 * @param {string} [label]
 */
export function option(value, label = value) {
  return element("option", { value }, label);
}
