// @ts-check
import { element, setText } from "./dom.mjs";
import { certificateState } from "./time.mjs";

/** @typedef {"good" | "warn" | "bad" | "off"} Tone */

/** A state in words with a dot of its colour, and something quiet after it. */
export class Mark {
  #text = element("span", { class: "mark" });
  #detail = element("span", { class: "muted" });
  node = element("span", { class: "marked" }, this.#text, " ", this.#detail);

  /**
   * @param {Tone} tone
   * @param {string} text
   * @param {string} [detail]
   */
  show(tone, text, detail = "") {
    if (this.#text.dataset.tone !== tone) this.#text.dataset.tone = tone;
    setText(this.#text, text);
    setText(this.#detail, detail);
  }

  /** @param {Parameters<typeof certificateState>[0] | null} certificate */
  showCertificate(certificate) {
    this.node.hidden = certificate === null;
    if (certificate === null) return;
    const { tone, text, detail } = certificateState(certificate);
    this.show(tone, text, detail);
  }
}
