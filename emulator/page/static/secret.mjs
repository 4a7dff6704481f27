// @ts-check
/** @import { DeviceSecret } from "../view" */
import { call } from "./api.mjs";
import { copyButton } from "./copyButton.mjs";
import { byId, element, setText } from "./dom.mjs";

/** @type {readonly (readonly [label: string, value: (secret: DeviceSecret) => string | undefined])[]} */
const parts = [
  ["MQTT user name", ({ username }) => username],
  ["MQTT password", ({ password }) => password],
  ["Host", ({ host }) => host],
  ["Port", ({ port }) => String(port)],
  ["Key id", ({ deviceAccessKeyId }) => deviceAccessKeyId],
  ["Key secret", ({ deviceAccessKeySecret }) => deviceAccessKeySecret],
  ["Command line", ({ mosquittoPub }) => mosquittoPub],
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
    const known = parts.flatMap(([label, value]) => {
      const text = value(secret);
      return text === undefined ? [] : [part(label, text)];
    });
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
  const copy = copyButton(label, () => value);
  return element("div", {}, element("dt", {}, label), element("dd", {}, element("code", {}, value), copy));
}
