// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { View } from "../view" */
import { byId, setText } from "./dom.mjs";
import { option } from "./faults.mjs";
import { showRefusedLogins } from "./journal.mjs";
import { dateText } from "./time.mjs";

/**
 * @param {Live} live
 * @returns {(view: View) => void}
 */
export function instanceCard(live) {
  const select = byId("instance", HTMLSelectElement);
  const firstPages = { groupPage: "1", devicePage: "1", caPage: "1", certificatePage: "1", caSn: "" };
  select.addEventListener("change", () => live.ask({ instanceId: select.value, ...firstPages }));
  const refused = byId("figure-refused", HTMLButtonElement);
  refused.addEventListener("click", showRefusedLogins);
  let known = "";
  return ({ version, regionId, instances, instance }) => {
    setText(byId("where", HTMLElement), `${location.origin} · ${regionId} · version ${version}`);
    const names = JSON.stringify(instances);
    if (names !== known) {
      select.replaceChildren(...instances.map((each) => option(each.instanceId, labelOf(each))));
      known = names;
    }
    setText(
      byId("instance-facts", HTMLElement),
      instance === null ? "There is none: a reset or another seed brings one." : factsOf(instance),
    );
    if (instance === null) return;
    select.value = instance.instanceId;
    const figures = {
      "figure-online": instance.online,
      "figure-credentials": instance.credentials,
      "figure-groups": instance.groups.total,
      "figure-cas": instance.caCertificates.total,
      "figure-certificates": instance.certificates,
      "figure-refused": instance.refusedLogins,
    };
    for (const [id, value] of Object.entries(figures)) setText(byId(id, HTMLElement), value.toLocaleString("en"));
    refused.disabled = instance.refusedLogins === 0;
    refused.setAttribute("aria-label", `Show the ${instance.refusedLogins} refused logins in the journal`);
  };
}

/** @param {View["instances"][number]} instance */
function labelOf({ instanceId, instanceName }) {
  return instanceName === instanceId ? instanceId : `${instanceName} (${instanceId})`;
}

/** @param {NonNullable<View["instance"]>} instance */
function factsOf({ edition, topics, expireTime }) {
  const named = topics.length === 0 ? "no parent topics" : `parent topics ${topics.join(", ")}`;
  return `${edition} edition, ${named}, until ${dateText(expireTime)}`;
}
