// @ts-check
/** @import { View } from "../view" */
import { call } from "./api.mjs";
import { button, element, setText } from "./dom.mjs";

const hidden = "••••••••";

/** @type {((target: Target) => void)[]} */
const shown = [];

/** @typedef {{ regionId: string, accessKeyId: string, instanceId: string }} Target */

/** @type {Target} */
let target = { regionId: "", accessKeyId: "", instanceId: "" };

/** @param {View} view */
export function setTarget({ regionId, accessKeyId, instance }) {
  target = { regionId, accessKeyId, instanceId: instance?.instanceId ?? "" };
  for (const show of shown) show(target);
}

/** The shell commands that point a stack here. The secret is fetched when it is asked for, and only then. */
export function pulumiCommands() {
  const commands = element("code");
  const told = element("span", { role: "status", class: "muted" });
  /** @type {string | undefined} */
  let secret;
  const show = () => setText(commands, commandsFor(target, secret ?? hidden));
  const toggle = button("Show secret", async () => {
    secret = secret === undefined ? await fetchSecret() : undefined;
    setText(toggle, secret === undefined ? "Show secret" : "Hide secret");
    show();
  });
  const copy = button("Copy with secret", async () => {
    await navigator.clipboard.writeText(commandsFor(target, secret ?? (await fetchSecret())));
    setText(told, "Copied");
    setTimeout(() => setText(told, ""), 2000);
  });
  shown.push(show);
  const block = element("pre", { tabindex: "0", role: "region", "aria-label": "Commands" }, commands);
  return { node: element("div", { class: "commands" }, block, element("div", { class: "row" }, copy, toggle, told)) };
}

/** @returns {Promise<string>} */
async function fetchSecret() {
  return (await call("POST", "/page/account-secret", { accessKeyId: target.accessKeyId })).accessKeySecret;
}

/**
 * @param {Target} target
 * @param {string} secret
 */
function commandsFor({ regionId, accessKeyId, instanceId }, secret) {
  return [
    `pulumi config set apsaramq:endpoint ${location.origin}`,
    `pulumi config set apsaramq:region ${quoted(regionId)}`,
    `pulumi config set apsaramq:instanceId ${quoted(instanceId)}`,
    `export ALIBABA_CLOUD_ACCESS_KEY_ID=${quoted(accessKeyId)}`,
    `export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${secret === hidden ? hidden : quoted(secret)}`,
  ].join("\n");
}

/**
 * A name may be anything, and these lines go into a shell.
 *
 * @param {string} text
 */
function quoted(text) {
  return /^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
