// @ts-check
/** @import { View } from "../view" */
import { copyButton } from "./copyButton.mjs";
import { byId, element, setText } from "./dom.mjs";
import { oneTabStop } from "./oneTabStop.mjs";

/** @typedef {NonNullable<View["broker"]>} Broker */

/** @type {readonly (readonly [label: string, text: (broker: Broker) => string])[]} */
const parts = [
  ["MQTT", ({ urls }) => urls.mqtt],
  ["MQTT, TLS", ({ urls }) => urls.mqtts],
  ["WebSocket", ({ urls }) => urls.ws],
  ["CA for TLS", ({ caFile }) => caFile],
];

/** Where devices connect. */
export function addressesList() {
  const list = byId("addresses", HTMLElement);
  const shown = parts.map(([label, text]) => {
    const address = element("code");
    const copy = copyButton(label, () => address.textContent);
    list.append(element("div", {}, element("dt", {}, label), element("dd", {}, address, copy)));
    return { address, text };
  });
  oneTabStop(list);
  return (/** @type {View["broker"]} */ broker) => {
    list.hidden = broker === null;
    if (broker === null) return;
    for (const { address, text } of shown) {
      setText(address, text(broker));
      address.title = text(broker);
    }
  };
}
