// @ts-check
/** @import { View } from "../view" */

const root = "/_emulator";

/**
 * A control operation. Rejects with what the emulator says is wrong.
 *
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function call(method, path, body) {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(root + path, { method, ...json });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error);
  return content;
}

/** @type {{ query: string, tag: string, view: View } | undefined} */
let last;

/**
 * What is to be seen now, with the emulator's time. A view in which nothing has changed costs no transfer.
 *
 * @param {Readonly<Record<string, string | undefined>>} asked
 * @returns {Promise<{ view: View, time: number }>}
 */
export async function fetchView(asked) {
  const given = Object.entries(asked).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const query = new URLSearchParams(given).toString();
  const known = last?.query === query ? last : undefined;
  const answer = await fetch(`${root}/page/view?${query}`, known && { headers: { "if-none-match": known.tag } });
  const time = Number(answer.headers.get("emulator-time"));
  if (answer.status === 304 && known) return { view: known.view, time };
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error);
  last = { query, tag: answer.headers.get("etag") ?? "", view: content };
  return { view: content, time };
}
