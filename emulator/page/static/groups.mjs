// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { GroupRow, InstanceView } from "../view" */
/** @import { Row } from "./dom.mjs" */
import { addForm } from "./addForm.mjs";
import { button, byId, element, setText, showRows } from "./dom.mjs";
import { oneTabStop } from "./oneTabStop.mjs";
import { pager } from "./pager.mjs";
import { minuteText } from "./time.mjs";

/**
 * Groups; pressing one searches for its devices.
 *
 * @param {Live} live
 * @returns {(instance: InstanceView) => void}
 */
export function groupsCard(live) {
  const showPages = pager(live, "groups-pages", "groupPage");
  const list = byId("groups", HTMLElement);
  oneTabStop(list);
  addForm(live, "group", "groupId");
  /** @param {string} groupId */
  const choose = (groupId) => {
    const prefix = byId("prefix", HTMLInputElement);
    prefix.value = `${groupId}@@@`;
    prefix.dispatchEvent(new Event("input"));
    byId("devices-title", HTMLElement).focus();
  };
  return ({ instanceId, groups }) => {
    byId("groups-table", HTMLElement).hidden = groups.total === 0;
    byId("groups-empty", HTMLElement).hidden = groups.total > 0;
    showRows(
      list,
      groups.rows,
      ({ groupId }) => `${instanceId} ${groupId}`,
      ({ groupId }) => groupRow(groupId, () => choose(groupId)),
    );
    showPages(groups);
  };
}

/**
 * @param {string} groupId
 * @param {() => void} choose
 * @returns {Row<GroupRow>}
 */
function groupRow(groupId, choose) {
  const online = element("td", { class: "number" });
  const credentials = element("td", { class: "number" });
  const created = element("td", { class: "spare muted" });
  const name = button(groupId, choose, { class: "link id", "aria-label": `Show the devices of ${groupId}` });
  return {
    node: element("tr", {}, element("th", { scope: "row" }, name), online, credentials, created),
    update: (group) => {
      setText(online, group.online.toLocaleString("en"));
      setText(credentials, group.credentials.toLocaleString("en"));
      setText(created, minuteText(group.createTime));
    },
  };
}
