/** What a text in a log may stand for: itself, and what it says when it is JSON, at any depth of JSON in JSON. */
export function readings(text: string): Set<string> {
  const found = new Set<string>();
  const read = (reading: string) => {
    if (found.has(reading)) return;
    found.add(reading);
    for (const json of [`"${reading}"`, reading]) {
      for (const inner of textsIn(parsed(json))) read(inner);
    }
  };
  read(text);
  return found;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** How a log may spell a value: as it is, in JSON, in JSON in JSON, in a URL, in base64 by itself or within a longer text. */
export function spellings(value: string): Set<string> {
  const json = JSON.stringify(value).slice(1, -1);
  // Go writes these three as escapes too.
  const goJson = json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  // By way of bytes: half a surrogate pair, which JSON may hold, has no code in a URL.
  const inUrl = encodeURIComponent(Buffer.from(value).toString());
  const all = [
    value,
    json,
    goJson,
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(goJson).slice(1, -1),
    inUrl,
    inUrl.replace(/%../g, (code) => code.toLowerCase()),
    inUrl.replaceAll("%20", "+"),
    ...inBase64(Buffer.from(value)),
  ];
  return new Set(all);
}

/** The digits that depend on the value alone, after 0, 1 and 2 bytes of something else, in both alphabets. */
function inBase64(value: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bits = { from: before * 8, to: (before + value.length) * 8 };
    const digits = Buffer.concat([Buffer.alloc(before), value]).toString("base64");
    const own = digits.slice(Math.ceil(bits.from / 6), Math.floor(bits.to / 6));
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
