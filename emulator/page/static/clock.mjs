// @ts-check
/** @import { Live } from "./live.mjs" */
import { call } from "./api.mjs";
import { byId, setText } from "./dom.mjs";
import { act } from "./live.mjs";
import { oneTabStop } from "./oneTabStop.mjs";
import { now, timeText } from "./time.mjs";

/** What is offered to be set follows the clock in steps of this size, so that it does not flicker. */
const farMs = 60_000;

/** @param {Live} live */
export function clockCard(live) {
  const form = byId("clock-form", HTMLFormElement);
  const input = byId("clock-time", HTMLInputElement);
  const problem = form.querySelector(".problem");
  let isTyped = false;
  input.addEventListener("input", () => {
    isTyped = true;
  });
  /** @param {number} time */
  const set = (time) => {
    isTyped = false;
    return act(live, problem, async () => {
      if (Number.isNaN(time)) throw new Error("This is no time: write it like 2026-03-02 09:30:00");
      await call("PUT", "/clock", { now: new Date(time).toISOString() });
    });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void set(Date.parse(`${input.value.trim().replace(" ", "T")}Z`));
  });
  oneTabStop(byId("clock-steps", HTMLElement));
  for (const ahead of form.querySelectorAll("button[data-ahead]")) {
    const seconds = Number(/** @type {HTMLElement} */ (ahead).dataset.ahead);
    ahead.addEventListener("click", () => void set(now() + seconds * 1000));
  }
  byId("clock-real", HTMLElement).addEventListener("click", () => void set(Date.now()));
  return () => {
    setText(byId("clock-now", HTMLElement), `${timeText(now())} UTC`);
    setText(byId("clock-ahead", HTMLElement), aheadText(now() - Date.now()));
    const shown = Date.parse(`${input.value.replace(" ", "T")}Z`);
    const isFar = Number.isNaN(shown) || Math.abs(shown - now()) > farMs;
    if (isFar && !isTyped && document.activeElement !== input) input.value = timeText(now());
  };
}

/** @param {number} milliseconds */
function aheadText(milliseconds) {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 3) return "real time";
  const [size, unit] =
    seconds < 120 ? [1, "s"] : seconds < 7200 ? [60, "min"] : seconds < 172_800 ? [3600, "h"] : [86_400, "days"];
  return `${Math.round(seconds / size).toLocaleString("en")} ${unit} ${milliseconds > 0 ? "ahead" : "behind"}`;
}
