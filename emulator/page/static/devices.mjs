// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { DeviceRow, InstanceView } from "../view" */
/** @import { Row } from "./dom.mjs" */
import { addForm } from "./addForm.mjs";
import { button, byId, element, setText, showRows } from "./dom.mjs";
import { showRefusedLogins } from "./journal.mjs";
import { Mark } from "./marks.mjs";
import { oneTabStop } from "./oneTabStop.mjs";
import { pager } from "./pager.mjs";
import { showSecret } from "./secret.mjs";
import { dateText, minuteText, now } from "./time.mjs";

const typingMs = 150;

/**
 * @param {Live} live
 * @returns {(instance: InstanceView) => void}
 */
export function devicesCard(live) {
  const prefix = byId("prefix", HTMLInputElement);
  const onlineOnly = byId("online-only", HTMLInputElement);
  const table = byId("devices-table", HTMLTableElement);
  const empty = byId("devices-empty", HTMLElement);
  const showPages = pager(live, "devices-pages", "devicePage");
  const list = byId("devices", HTMLElement);
  oneTabStop(list);
  addForm(live, "device", "clientId");
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
    empty.hidden = devices.total > 0;
    setText(
      empty,
      isSearch
        ? "No device is like that. A search looks at how the client id or the device id begins."
        : "No devices yet. Add one here, point a Pulumi stack at this emulator and run pulumi up, or call RegisterDeviceCredential with any SDK.",
    );
    showRows(
      list,
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
  const refused = button("", showRefusedLogins, { class: "link bad" });
  const secret = button("Show login", () => showSecret(instanceId, clientId), {
    "aria-label": `Show login of ${clientId}`,
  });
  const name = element(
    "th",
    { scope: "row", class: "id" },
    element("span", { class: "clip" }, ...clientIdParts(clientId)),
  );
  return {
    node: element(
      "tr",
      {},
      name,
      element("td", {}, connection.node, " ", refused),
      element("td", {}, certificate.node, none),
      credential,
      element("td", { class: "act" }, secret),
    ),
    update: (device) => {
      connection.show(device.isOnline ? "good" : "off", device.isOnline ? "Online" : "Offline");
      refused.hidden = device.refused === null;
      if (device.refused !== null) {
        const { count, reason } = device.refused;
        setText(refused, `${count.toLocaleString("en")} refused`);
        refused.setAttribute("aria-label", `${count} refused logins of ${clientId}, the last one because ${reason}`);
        refused.title = reason;
      }
      certificate.showCertificate(device.certificate);
      none.hidden = device.certificate !== null;
      setText(credential, device.credentialTime === null ? "No credential" : issuedText(device.credentialTime));
      secret.hidden = device.credentialTime === null;
    },
  };
}

/**
 * The group is quieter than the device, and gives way to it where there is not room for both.
 *
 * @param {string} clientId
 * @returns {(Node | string)[]}
 */
function clientIdParts(clientId) {
  const end = clientId.indexOf("@@@");
  const device = element("span", {}, clientId.slice(end < 0 ? 0 : end + "@@@".length));
  if (end < 0) return [device];
  return [element("span", { class: "muted" }, clientId.slice(0, end + "@@@".length)), device];
}

/**
 * The day, and today the time.
 *
 * @param {number} time
 */
function issuedText(time) {
  const day = dateText(time);
  return day === dateText(now()) ? minuteText(time).slice(day.length + 1) : day;
}
