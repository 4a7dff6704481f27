// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { DeviceRow, InstanceView } from "../view" */
/** @import { Row } from "./dom.mjs" */
import { button, byId, element, setText, showRows } from "./dom.mjs";
import { Mark } from "./marks.mjs";
import { pager } from "./pager.mjs";
import { pulumiCommands } from "./pulumi.mjs";
import { showSecret } from "./secret.mjs";
import { minuteText } from "./time.mjs";

const typingMs = 150;

/**
 * @param {Live} live
 * @returns {(instance: InstanceView) => void}
 */
export function devicesCard(live) {
  const prefix = byId("prefix", HTMLInputElement);
  const onlineOnly = byId("online-only", HTMLInputElement);
  const table = byId("devices-table", HTMLTableElement);
  const showPages = pager(live, "devices-pages", "devicePage");
  const showNothing = emptyDevices();
  const search = () =>
    live.ask({ prefix: prefix.value.trim(), online: onlineOnly.checked ? "only" : "", devicePage: "1" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  prefix.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, typingMs);
  });
  onlineOnly.addEventListener("change", search);
  return ({ instanceId, devices }) => {
    table.hidden = devices.total === 0;
    const isSearch = (live.asked.prefix ?? "") !== "" || live.asked.online === "only";
    showNothing(devices.total === 0, isSearch);
    showRows(
      byId("devices", HTMLElement),
      devices.rows,
      ({ clientId }) => `${instanceId} ${clientId}`,
      (device) => deviceRow(instanceId, device.clientId),
    );
    showPages(devices);
  };
}

/**
 * @param {string} instanceId
 * @param {string} clientId
 * @returns {Row<DeviceRow>}
 */
function deviceRow(instanceId, clientId) {
  const connection = new Mark();
  const certificate = new Mark();
  const none = element("span", { class: "muted" }, "No certificate");
  const credential = element("td", { class: "spare muted" });
  const secret = button("Show login", () => showSecret(instanceId, clientId), {
    "aria-label": `Show login of ${clientId}`,
  });
  const name = element("th", { scope: "row", class: "id" }, ...clientIdParts(clientId));
  return {
    node: element(
      "tr",
      {},
      name,
      element("td", {}, connection.node),
      element("td", {}, certificate.node, none),
      credential,
      element("td", { class: "act" }, secret),
    ),
    update: (device) => {
      connection.show(device.isOnline ? "good" : "off", device.isOnline ? "Online" : "Offline");
      certificate.showCertificate(device.certificate);
      none.hidden = device.certificate !== null;
      setText(credential, device.credentialTime === null ? "No credential" : minuteText(device.credentialTime));
      secret.hidden = device.credentialTime === null;
    },
  };
}

/**
 * The group is quieter than the device, and the line breaks between them.
 *
 * @param {string} clientId
 * @returns {(Node | string)[]}
 */
function clientIdParts(clientId) {
  const end = clientId.indexOf("@@@");
  if (end < 0) return [clientId];
  const group = element("span", { class: "muted" }, clientId.slice(0, end + "@@@".length));
  return [group, element("wbr"), clientId.slice(end + "@@@".length)];
}

/** @returns {(isEmpty: boolean, isSearch: boolean) => void} */
function emptyDevices() {
  const place = byId("devices-empty", HTMLElement);
  const message = element("p");
  const commands = pulumiCommands();
  place.append(message, commands.node);
  return (isEmpty, isSearch) => {
    place.hidden = !isEmpty;
    commands.node.hidden = isSearch;
    setText(
      message,
      isSearch
        ? "No device is like that. A search looks at how the client id or the device id begins."
        : "No devices yet. Point a Pulumi stack at this emulator and run pulumi up, or call RegisterDeviceCredential with any SDK:",
    );
  };
}
