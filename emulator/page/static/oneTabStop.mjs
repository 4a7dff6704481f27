// @ts-check

/** How far each key leads; a whole list is the way to its end. */
const steps = new Map([
  ["ArrowDown", 1],
  ["ArrowRight", 1],
  ["ArrowUp", -1],
  ["ArrowLeft", -1],
  ["Home", Number.NEGATIVE_INFINITY],
  ["End", Number.POSITIVE_INFINITY],
]);

/**
 * Makes the buttons of a list one Tab stop: arrow keys, Home and End lead from one to the other.
 *
 * @param {HTMLElement} list
 */
export function oneTabStop(list) {
  /** @type {Element | undefined} */
  let current;
  const buttons = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button:not([hidden])")]);
  const settle = () => {
    const all = buttons();
    const chosen = all.find((each) => each === current) ?? all[0];
    for (const each of all) {
      const index = each === chosen ? 0 : -1;
      if (each.tabIndex !== index) each.tabIndex = index;
    }
  };
  list.addEventListener("focusin", ({ target }) => {
    current = target instanceof Element ? target : undefined;
    settle();
  });
  list.addEventListener("keydown", (event) => {
    const step = steps.get(event.key);
    const all = buttons();
    const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
    if (step === undefined || at < 0) return;
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  });
  new MutationObserver(settle).observe(list, { childList: true, subtree: true, attributeFilter: ["hidden"] });
  settle();
}
