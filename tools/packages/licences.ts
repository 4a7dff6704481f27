import { code, table } from "../reference/markdown";
import { dependenciesOf, installedWith, nameOf, packages } from "./lock";

/** The places of what one of our packages brings along. */
export function broughtAlong(own: "" | "emulator"): string[] {
  return [...installedWith(dependenciesOf(own))];
}

/** A table of the licences of what one of our packages brings along, each with the packages under it. */
export function licenceTable(own: "" | "emulator"): string {
  const found = new Map<string, Set<string>>();
  for (const place of broughtAlong(own)) {
    const licence = packages[place]?.license ?? "none named";
    found.set(licence, (found.get(licence) ?? new Set()).add(nameOf(place) ?? place));
  }
  const rows = [...found].sort().map(([licence, names]) => [licence, [...names].sort().map(code).join(", ")]);
  return table(["licence", "packages"], rows);
}
