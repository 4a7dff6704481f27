// @ts-check
/** @import { Live } from "./live.mjs" */
/** @import { Page } from "../view" */
import { button, byId, element, setText } from "./dom.mjs";

/**
 * Buttons to the pages before and after; nothing where one page is all.
 *
 * @param {Live} live
 * @param {string} id
 * @param {string} parameter
 * @returns {(page: Page<unknown>) => void}
 */
export function pager(live, id, parameter) {
  const nav = byId(id, HTMLElement);
  const place = element("p", { role: "status" });
  let current = 1;
  let last = 1;
  /** @param {number} step */
  const go = (step) => {
    const wanted = current + step;
    if (wanted >= 1 && wanted <= last) live.ask({ [parameter]: String(wanted) });
  };
  const previous = button("Previous", () => go(-1));
  const next = button("Next", () => go(1));
  nav.append(previous, place, next);
  return ({ total, page, pages, rows }) => {
    current = page;
    last = pages;
    nav.hidden = pages <= 1;
    const size = page < pages ? rows.length : (total - rows.length) / Math.max(1, pages - 1);
    const from = (page - 1) * size + 1;
    const range = `${from.toLocaleString("en")}–${(from + rows.length - 1).toLocaleString("en")}`;
    setText(place, pages > 1 ? `${range} of ${total.toLocaleString("en")}` : "");
    // A disabled button would drop the focus that is on it.
    previous.setAttribute("aria-disabled", String(page <= 1));
    next.setAttribute("aria-disabled", String(page >= pages));
  };
}
