// @ts-check

const day = 24 * 3600 * 1000;
/** A certificate that ends within so many days is worth a second look. */
const soonDays = 30;

/** The emulator's time when it was last told, and when that was. */
let told = { time: 0, at: 0 };

/** @param {number} time milliseconds of the emulator's clock */
export function setNow(time) {
  told = { time, at: performance.now() };
}

/** The emulator's time now: it runs on between two answers. */
export function now() {
  return told.time + performance.now() - told.at;
}

/**
 * UTC, as the answers of the service.
 *
 * @param {number} time
 */
export function timeText(time) {
  const date = new Date(time);
  // A seed may hold any number, and not every number is a time.
  return Number.isNaN(date.getTime())
    ? "unknown"
    : date
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, "");
}

/** @param {number} time */
export function dateText(time) {
  return timeText(time).replace(/ .*/, "");
}

/** @param {number} time */
export function minuteText(time) {
  return timeText(time).replace(/:\d\d$/, "");
}

/** @param {number} count */
function days(count) {
  return `${count.toLocaleString("en")} day${count === 1 ? "" : "s"}`;
}

/**
 * What there is to say about a certificate at this time: in words, and as a tone for its colour.
 *
 * @param {{ readonly status: "active" | "inactive", readonly validBegin: number, readonly validEnd: number }} certificate
 * @returns {{ readonly tone: "good" | "warn" | "bad" | "off", readonly text: string, readonly detail: string }}
 */
export function certificateState({ status, validBegin, validEnd }) {
  const time = now();
  if (time > validEnd)
    return { tone: "bad", text: "Expired", detail: `${days(Math.floor((time - validEnd) / day))} ago` };
  const left = Math.floor((validEnd - time) / day);
  const detail = left === 0 ? "ends within a day" : `${days(left)} left`;
  if (status === "inactive") return { tone: "off", text: "Inactive", detail };
  if (time < validBegin) return { tone: "warn", text: "Not yet valid", detail: `from ${dateText(validBegin)}` };
  return left < soonDays ? { tone: "warn", text: "Expires soon", detail } : { tone: "good", text: "Active", detail };
}
