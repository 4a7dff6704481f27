// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { Choices, JournalRow } from "../view" */
/** @import { Row } from "./dom.mjs" */
import { byId, element, setText, showRows } from "./dom.mjs";
import { option } from "./faults.mjs";
import { Mark } from "./marks.mjs";

/** The filter for what was refused; any other one is an action. */
const refusals = "kind=refusal";

/** A screen reader is told about new requests at most so often, and then only how many. */
const newsMs = 15_000;

/**
 * @param {Live} live
 * @param {Choices} choices
 * @returns {(entries: readonly JournalRow[], instanceId: string) => void}
 */
export function journalCard(live, { actions, deviceActions }) {
  const chosen = byId("journal-filter", HTMLSelectElement);
  chosen.append(
    option("", "Everything"),
    option(refusals, "Refused logins"),
    element("optgroup", { label: "Devices" }, ...deviceActions.map((name) => option(name))),
    element("optgroup", { label: "API" }, ...actions.map((name) => option(name))),
  );
  chosen.addEventListener("change", () =>
    live.ask(
      chosen.value === refusals ? { kind: "refusal", action: undefined } : { kind: undefined, action: chosen.value },
    ),
  );
  const empty = byId("journal-empty", HTMLElement);
  const tellNews = journalNews();
  return (entries, instanceId) => {
    const keyed = withKeys(entries).reverse();
    empty.hidden = entries.length > 0;
    byId("journal-part", HTMLElement).hidden = entries.length === 0;
    setText(
      empty,
      chosen.value === ""
        ? "Nothing yet. What any client calls, and what happens to devices, is listed here as it happens."
        : `None yet: ${chosen.selectedOptions[0]?.label}.`,
    );
    showRows(
      byId("journal", HTMLElement),
      keyed,
      ({ key }) => `${instanceId} ${key}`,
      ({ entry }) => journalRow(instanceId, entry.kind !== undefined),
    );
    tellNews(entries, chosen.value);
  };
}

/** Filters the journal for logins that were refused, and goes there. */
export function showRefusedLogins() {
  const chosen = byId("journal-filter", HTMLSelectElement);
  chosen.value = refusals;
  chosen.dispatchEvent(new Event("change"));
  byId("journal-title", HTMLElement).focus();
}

/**
 * Requests of one millisecond may be alike in everything.
 *
 * @param {readonly JournalRow[]} entries
 */
function withKeys(entries) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return entries.map((entry) => {
    const same = JSON.stringify(entry);
    const count = (seen.get(same) ?? 0) + 1;
    seen.set(same, count);
    return { entry, key: `${count} ${same}` };
  });
}

/**
 * What happens to a device has a reason, which takes more room than the answers of the API leave.
 *
 * @param {string} shownInstance
 * @param {boolean} isOfDevice
 * @returns {Row<{ entry: JournalRow }>}
 */
function journalRow(shownInstance, isOfDevice) {
  const time = element("td", { class: "id muted" });
  const action = element("th", { scope: "row", class: "id" });
  const answer = new Mark();
  const object = element("span", { class: "id" });
  const reason = element("span", { class: "muted" });
  const about = [object, " ", reason];
  const cells = isOfDevice
    ? [element("td", { colspan: "2" }, answer.node, " ", ...about)]
    : [element("td", {}, answer.node), element("td", {}, ...about)];
  return {
    node: element("tr", {}, time, action, ...cells),
    update: ({ entry }) => {
      setText(time, entry.time.slice(11, 23));
      setText(action, entry.action || "(no action)");
      if (entry.kind !== undefined) answer.show(entry.code === null ? "good" : "bad", entry.kind);
      else if (entry.status === 0) answer.show("warn", "Lost", "by a fault");
      else if (entry.code === null) answer.show("good", String(entry.status));
      else answer.show("bad", String(entry.status), entry.code);
      const elsewhere = entry.instanceId === null || entry.instanceId === shownInstance ? "" : `in ${entry.instanceId}`;
      setText(object, [entry.object, elsewhere].filter(Boolean).join(" "));
      setText(reason, entry.reason === undefined ? "" : [entry.code, entry.reason].filter(Boolean).join(": "));
    },
  };
}

/** @returns {(entries: readonly JournalRow[], action: string) => void} */
function journalNews() {
  const place = byId("journal-news", HTMLElement);
  let toldAt = performance.now();
  let until = new Date().toISOString();
  let toldAction = "";
  return (entries, action) => {
    if (action !== toldAction) until = entries.at(-1)?.time ?? until;
    toldAction = action;
    const count = entries.filter(({ time }) => time > until).length;
    if (count === 0 || performance.now() - toldAt < newsMs) return;
    until = entries.at(-1)?.time ?? until;
    toldAt = performance.now();
    setText(place, `${count} new request${count === 1 ? "" : "s"} in the journal`);
  };
}
