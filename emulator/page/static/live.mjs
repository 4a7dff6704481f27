// @ts-check
/** @import { View } from "../view" */
import { fetchView } from "./api.mjs";
import { byId, setText } from "./dom.mjs";
import { setNow } from "./time.mjs";

const intervalMs = 500;
/** What takes long, with very many devices or on a busy machine, is asked for less often: for a fifth of the time at most. */
const restFactor = 4;

/**
 * Asks for the view again and again while somebody can see it, and at once when something else is asked for.
 */
export class Live {
  /** @type {Record<string, string | undefined>} */
  #asked = {};
  #isPaused = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #round = 0;
  /** @type {(view: View) => void} */
  #show;

  /** @param {(view: View) => void} show */
  constructor(show) {
    this.#show = show;
    const pause = byId("pause", HTMLButtonElement);
    pause.addEventListener("click", () => {
      this.#isPaused = !this.#isPaused;
      pause.setAttribute("aria-pressed", String(this.#isPaused));
      setText(pause, this.#isPaused ? "Resume" : "Pause");
      void this.refresh();
    });
    document.addEventListener("visibilitychange", () => void this.refresh());
  }

  /** @returns {Readonly<Record<string, string | undefined>>} */
  get asked() {
    return this.#asked;
  }

  /** @param {Readonly<Record<string, string | undefined>>} changes */
  ask(changes) {
    this.#asked = { ...this.#asked, ...changes };
    void this.refresh();
  }

  async refresh() {
    clearTimeout(this.#timer);
    const round = ++this.#round;
    const startedAt = performance.now();
    try {
      const { view, time } = await fetchView(this.#asked);
      // An answer that was overtaken by another question is of no interest any more.
      if (round !== this.#round) return;
      setNow(time);
      this.#show(view);
      this.#tell(this.#isPaused ? "Paused" : "Live", this.#isPaused ? "off" : "good");
      this.#fail("");
    } catch (error) {
      if (round !== this.#round) return;
      const isGone = error instanceof TypeError;
      this.#tell(isGone ? "Not reachable" : "Failed", "bad");
      this.#fail(isGone ? "The emulator does not answer. This page goes on when it is back." : String(error));
    }
    if (this.#isPaused || document.hidden) return;
    const rest = Math.max(intervalMs, restFactor * (performance.now() - startedAt));
    this.#timer = setTimeout(() => void this.refresh(), rest);
  }

  /**
   * @param {string} text
   * @param {string} tone
   */
  #tell(text, tone) {
    const state = byId("state", HTMLElement);
    setText(state, text);
    state.dataset.tone = tone;
  }

  /** @param {string} text */
  #fail(text) {
    const failure = byId("failure", HTMLElement);
    setText(failure, text);
    failure.hidden = text === "";
  }
}

/**
 * Does what a control asks for and shows the result; what the emulator refuses is said next to the control.
 *
 * @param {Live} live
 * @param {Element | null} problem
 * @param {() => Promise<unknown>} work
 */
export async function act(live, problem, work) {
  /** @param {string} text */
  const tell = (text) => {
    if (!(problem instanceof HTMLElement)) return;
    setText(problem, text);
    problem.hidden = text === "";
  };
  try {
    await work();
    tell("");
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
  }
  await live.refresh();
}
