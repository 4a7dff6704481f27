// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { QuotasView } from "../view" */
import { call } from "./api.mjs";
import { byId, element, setText, showRows } from "./dom.mjs";
import { act } from "./live.mjs";

/** @typedef {{ readonly name: string, readonly used: number, readonly limit: number, readonly blockedUntil: string | null }} Use */

/**
 * @param {Live} live
 * @returns {(quotas: QuotasView) => void}
 */
export function quotasCard(live) {
  const list = byId("quotas", HTMLElement);
  const enabled = byId("quotas-enabled", HTMLInputElement);
  const lift = byId("blocks-lift", HTMLButtonElement);
  const empty = byId("quotas-empty", HTMLElement);
  const problem = list.parentElement?.querySelector(".problem") ?? null;
  enabled.addEventListener(
    "change",
    () => void act(live, problem, () => call("PUT", "/quotas", { enabled: enabled.checked })),
  );
  lift.addEventListener("click", () => void act(live, problem, () => call("DELETE", "/quotas/blocks")));
  return (quotas) => {
    enabled.checked = quotas.enabled;
    const uses = usesOf(quotas);
    lift.hidden = uses.every(({ blockedUntil }) => blockedUntil === null);
    empty.hidden = uses.length > 0;
    byId("quotas-legend", HTMLElement).hidden = uses.length === 0;
    setText(
      empty,
      quotas.enabled
        ? "The service's documented limits are kept. No call has counted yet."
        : "Off: any number of calls is taken.",
    );
    showRows(list, uses, ({ name }) => name, useRow);
  };
}

/**
 * @param {QuotasView} quotas
 * @returns {Use[]}
 */
function usesOf({ actions, addresses }) {
  const hasSeveral = new Set(actions.map(({ accountId }) => accountId)).size > 1;
  return [
    ...addresses.map(({ address, used, callsPerSecond: limit, blockedUntil }) => ({
      name: `from ${address}`,
      used,
      limit,
      blockedUntil,
    })),
    ...actions.map(({ accountId, action, used, callsPerSecond: limit }) => ({
      name: hasSeveral ? `${action} by ${accountId}` : action,
      used,
      limit,
      blockedUntil: null,
    })),
  ];
}

/** @returns {{ node: HTMLElement, update: (use: Use) => void }} */
function useRow() {
  const name = element("span", { class: "id" });
  const number = element("span", { class: "number" });
  const meter = element("meter", { min: "0" });
  return {
    node: element("li", { class: "use" }, name, number, meter),
    update: (use) => {
      const text =
        use.blockedUntil === null
          ? `${use.used} / ${use.limit}`
          : `blocked until ${use.blockedUntil.slice(11, 19)} UTC`;
      setText(name, use.name);
      setText(number, text);
      number.dataset.tone = use.blockedUntil === null ? "" : "bad";
      meter.max = use.limit;
      meter.value = use.used;
      meter.setAttribute("aria-label", `${use.name}, calls in the last second: ${text}`);
    },
  };
}
