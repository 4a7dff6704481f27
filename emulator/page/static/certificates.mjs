// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { CaRow, CertificateRow, InstanceView } from "../view" */
/** @import { Row } from "./dom.mjs" */
import { button, byId, element, setText, showRows } from "./dom.mjs";
import { Mark } from "./marks.mjs";
import { oneTabStop } from "./oneTabStop.mjs";
import { pager } from "./pager.mjs";
import { dateText } from "./time.mjs";

/**
 * CAs, and below them the certificates of devices: those of one CA when its number is pressed.
 *
 * @param {Live} live
 * @returns {(instance: InstanceView) => void}
 */
export function certificatesCards(live) {
  const showCaPages = pager(live, "cas-pages", "caPage");
  const showCertificatePages = pager(live, "certificates-pages", "certificatePage");
  const cas = byId("cas", HTMLElement);
  oneTabStop(cas);
  const title = byId("certificates-title", HTMLElement);
  const allCas = byId("all-cas", HTMLButtonElement);
  /** @param {string} caSn */
  const choose = (caSn) => {
    live.ask({ caSn, certificatePage: "1" });
    title.focus();
  };
  allCas.addEventListener("click", () => choose(""));
  return ({ instanceId, caCertificates, deviceCertificates }) => {
    byId("cas-table", HTMLElement).hidden = caCertificates.total === 0;
    byId("cas-empty", HTMLElement).hidden = caCertificates.total > 0;
    showRows(
      cas,
      caCertificates.rows,
      ({ caSn }) => `${instanceId} ${caSn}`,
      () => caRow(choose),
    );
    showCaPages(caCertificates);

    const chosen = live.asked.caSn ?? "";
    const ca = caCertificates.rows.find(({ caSn }) => caSn === chosen);
    allCas.hidden = chosen === "";
    setText(title, chosen === "" ? "Device certificates" : `Device certificates of ${ca?.caName ?? chosen}`);
    byId("certificates-table", HTMLElement).hidden = deviceCertificates.total === 0;
    byId("certificates-empty", HTMLElement).hidden = deviceCertificates.total > 0;
    const keyOf = (/** @type {CertificateRow} */ { caSn, deviceSn }) => `${instanceId} ${caSn} ${deviceSn}`;
    showRows(byId("certificates", HTMLElement), deviceCertificates.rows, keyOf, certificateRow);
    showCertificatePages(deviceCertificates);
  };
}

/**
 * @param {(caSn: string) => void} choose
 * @returns {Row<CaRow>}
 */
function caRow(choose) {
  const name = element("th", { scope: "row" });
  const serialNumber = element("td", { class: "id spare" });
  const state = new Mark();
  let caSn = "";
  const count = button("", () => choose(caSn), { class: "link" });
  const number = element("td", { class: "number" }, count);
  return {
    node: element("tr", {}, name, serialNumber, element("td", {}, state.node), number),
    update: (ca) => {
      caSn = ca.caSn;
      setText(name, ca.caName);
      setText(serialNumber, ca.caSn);
      state.showCertificate(ca);
      setText(count, ca.deviceCertificates.toLocaleString("en"));
      count.setAttribute("aria-label", `Show the ${ca.deviceCertificates} device certificates of ${ca.caName}`);
    },
  };
}

/** @returns {Row<CertificateRow>} */
function certificateRow() {
  const name = element("th", { scope: "row", class: "id" });
  const serialNumber = element("td", { class: "id spare" });
  const state = new Mark();
  const end = element("td", { class: "muted" });
  return {
    node: element("tr", {}, name, serialNumber, element("td", {}, state.node), end),
    update: (certificate) => {
      setText(name, certificate.commonName || "(no common name)");
      setText(serialNumber, certificate.deviceSn);
      state.showCertificate(certificate);
      setText(end, dateText(certificate.validEnd));
    },
  };
}
