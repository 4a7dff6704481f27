// @ts-check
import { button, setText } from "./dom.mjs";

const toldMs = 2000;

/**
 * @param {string} what it copies, for those who do not see what stands beside it
 * @param {() => string} text
 */
export function copyButton(what, text) {
  const copy = button(
    "Copy",
    async () => {
      await navigator.clipboard.writeText(text());
      setText(copy, "Copied");
      setTimeout(() => setText(copy, "Copy"), toldMs);
    },
    { "aria-label": `Copy ${what}` },
  );
  return copy;
}
