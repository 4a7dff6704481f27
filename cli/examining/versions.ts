type Version = readonly [major: number, minor: number, patch: number];

function parsed(text: string): Version {
  const [, major, minor, patch] = /(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}

/** Whether a version is in a range of `^1.2.3` and `>=1.2.3`, several of them by `||`. */
export function isIn(range: string, version: string): boolean {
  const [major, minor, patch] = parsed(version);
  return range.split("||").some((part) => {
    const [leastMajor, leastMinor, leastPatch] = parsed(part);
    if (major !== leastMajor) {
      return major > leastMajor && !part.includes("^");
    }
    return minor > leastMinor || (minor === leastMinor && patch >= leastPatch);
  });
}
