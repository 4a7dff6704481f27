// @ts-check
/** @import { DeviceSecret } from "../view" */
import { call } from "./api.mjs";
import { button, byId, element, setText } from "./dom.mjs";

/** @type {readonly (readonly [keyof DeviceSecret, string])[]} */
const parts = [
  ["username", "MQTT user name"],
  ["password", "MQTT password"],
  ["deviceAccessKeyId", "Key id"],
  ["deviceAccessKeySecret", "Key secret"],
  ["mqtt", "Address"],
  ["mosquittoPub", "Command line"],
];

/**
 * Fetches what one device logs in with and shows it until the dialog is closed.
 *
 * @param {string} instanceId
 * @param {string} clientId
 */
export async function showSecret(instanceId, clientId) {
  const dialog = byId("secret", HTMLDialogElement);
  const list = byId("secret-parts", HTMLElement);
  setText(byId("secret-title", HTMLElement), `Login of ${clientId}`);
  dialog.addEventListener("close", () => list.replaceChildren(), { once: true });
  byId("secret-close", HTMLButtonElement).onclick = () => dialog.close();
  try {
    const secret = await call("POST", "/page/secret", { instanceId, clientId });
    const known = parts.flatMap(([name, label]) => (secret[name] === undefined ? [] : [part(label, secret[name])]));
    list.replaceChildren(part("MQTT client id", clientId), ...known);
  } catch (error) {
    list.replaceChildren(element("p", { class: "problem" }, error instanceof Error ? error.message : String(error)));
  }
  dialog.showModal();
}

/**
 * @param {string} label
 * @param {string} value
 */
function part(label, value) {
  const copy = button(
    "Copy",
    async () => {
      await navigator.clipboard.writeText(value);
      setText(copy, "Copied");
      setTimeout(() => setText(copy, "Copy"), 2000);
    },
    { "aria-label": `Copy ${label}` },
  );
  return element("div", {}, element("dt", {}, label), element("dd", {}, element("code", {}, value), copy));
}
