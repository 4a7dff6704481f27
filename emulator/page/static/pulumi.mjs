// @ts-check
/** @import { View } from "../view" */
import { call } from "./api.mjs";
import { byId, setText } from "./dom.mjs";

const hidden = "••••••••";

/** @typedef {{ regionId: string, accessKeyId: string, instanceId: string }} Target */

/**
 * The shell commands that point a stack here. The secret is fetched when it is asked for, and only then. They are open at
 * first where there are no devices yet.
 *
 * @returns {(view: View) => void}
 */
export function pulumiCommands() {
  const details = byId("pulumi", HTMLDetailsElement);
  const commands = byId("pulumi-commands", HTMLElement);
  const told = byId("pulumi-told", HTMLElement);
  const toggle = byId("pulumi-secret", HTMLButtonElement);
  /** @type {Target | undefined} */
  let target;
  /** @type {string | undefined} */
  let secret;
  const show = () => {
    if (target !== undefined) setText(commands, commandsFor(target, secret ?? hidden));
    setText(toggle, secret === undefined ? "Show secret" : "Hide secret");
  };
  const fetchSecret = async () =>
    (await call("POST", "/page/account-secret", { accessKeyId: target?.accessKeyId })).accessKeySecret;
  toggle.addEventListener("click", async () => {
    secret = secret === undefined ? await fetchSecret() : undefined;
    show();
  });
  byId("pulumi-copy", HTMLButtonElement).addEventListener("click", async () => {
    if (target === undefined) return;
    await navigator.clipboard.writeText(commandsFor(target, secret ?? (await fetchSecret())));
    setText(told, "Copied");
    setTimeout(() => setText(told, ""), 2000);
  });
  return ({ regionId, accessKeyId, instance }) => {
    if (target === undefined) details.open = instance?.devices.total === 0;
    target = { regionId, accessKeyId, instanceId: instance?.instanceId ?? "" };
    show();
  };
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
