// @ts-check
/** @import { Live } from "./live.mjs" */
import { call } from "./api.mjs";
import { byId, setText } from "./dom.mjs";
import { act } from "./live.mjs";

/**
 * A form of one name, which makes something on the shown instance by a control operation.
 *
 * @param {Live} live
 * @param {"device" | "group"} what
 * @param {"clientId" | "groupId"} member of the request that has the name
 */
export function addForm(live, what, member) {
  const form = byId(`add-${what}`, HTMLFormElement);
  const input = byId(`add-${what}-name`, HTMLInputElement);
  const problem = byId(`add-${what}-problem`, HTMLElement);
  const done = byId(`add-${what}-done`, HTMLElement);
  const instance = byId("instance", HTMLSelectElement);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = input.value.trim();
    setText(done, "");
    await act(live, problem, () => call("POST", `/${what}s`, { [member]: name, instanceId: instance.value }));
    input.setAttribute("aria-invalid", String(!problem.hidden));
    if (!problem.hidden) return input.focus();
    input.value = "";
    setText(done, `${name} is there.`);
  });
}
