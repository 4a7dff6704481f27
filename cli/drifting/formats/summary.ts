import { counted } from "../../../kinds/words";
import { partsOf } from "../../stacks/resource";
import type { Finding, Report } from "../report";

/** What was found, in one sentence. */
export function summary({ findings, gaps, stacks }: Report): string {
  const resources = stacks.reduce((sum, stack) => sum + stack.resources, 0);
  const looked = `${counted(resources, "resource")} of ${stacks.map(({ name }) => name).join(", ")}`;
  const found = findings.length === 0 ? "no drift" : counted(findings.length, "difference");
  return `${looked}: ${found}${gaps.length > 0 ? `, ${counted(gaps.length, "gap")}` : ""}`;
}

/** The resource that a finding is about, as a program names it. */
export function resourceOf({ urn, stack }: Finding): string {
  return urn === undefined ? "" : `${partsOf(urn).name} of ${stack}`;
}
