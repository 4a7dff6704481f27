// @ts-check

/**
 * Makes an element. What it says goes in as text, never as markup: names of devices and topics are anybody's.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * @param {string} label
 * @param {() => unknown} act
 * @param {Readonly<Record<string, string>>} [attributes]
 */
export function button(label, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", () => act());
  return made;
}

/**
 * An element of the page, which must be there and of this kind.
 *
 * @template {HTMLElement} E
 * @param {string} id
 * @param {new () => E} kind
 * @returns {E}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} ${id}`);
  return found;
}

/**
 * Touches the document only when there is something new, so that selections and screen readers are left alone.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @typedef {{ readonly node: HTMLElement, readonly update: (item: T) => void }} Row<T>
 * @template T
 */

/** @type {WeakMap<HTMLElement, Map<string, Row<never>>>} */
const rowsOf = new WeakMap();

/**
 * Brings the children of an element in line with a list. A row whose key stays is kept and updated: focus survives.
 *
 * @template T
 * @param {HTMLElement} parent
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf one of its own for each item
 * @param {(item: T) => Row<T>} create
 */
export function showRows(parent, items, keyOf, create) {
  const before = /** @type {Map<string, Row<T>>} */ (/** @type {unknown} */ (rowsOf.get(parent) ?? new Map()));
  const now = new Map(items.map((item) => [keyOf(item), before.get(keyOf(item)) ?? create(item)]));
  for (const [key, { node }] of before) if (!now.has(key)) node.remove();
  for (const [index, item] of items.entries()) {
    const row = now.get(keyOf(item));
    if (row === undefined) continue;
    row.update(item);
    if (parent.children[index] !== row.node) parent.insertBefore(row.node, parent.children[index] ?? null);
  }
  rowsOf.set(parent, /** @type {Map<string, Row<never>>} */ (/** @type {unknown} */ (now)));
}

/**
 * A table row of cells that are text.
 *
 * @template T
 * @param {readonly { readonly text: (item: T) => string, readonly class?: string }[]} columns
 * @returns {Row<T>}
 */
export function textRow(columns) {
  const cells = columns.map((column) => element("td", column.class === undefined ? {} : { class: column.class }));
  return {
    node: element("tr", {}, ...cells),
    update: (item) => {
      for (const [index, { text }] of columns.entries()) setText(/** @type {Node} */ (cells[index]), text(item));
    },
  };
}
