import { counted } from "../../../kinds/words";
import { partsOf } from "../../stacks/resource";
import { type Finding, type FindingType, findingTypes, type Report } from "../report";

/** What was found, in one sentence. */
export function summary({ findings, gaps, stacks }: Report): string {
  const resources = stacks.reduce((sum, stack) => sum + stack.resources, 0);
  const looked = `${counted(resources, "resource")} of ${stacks.map(({ name }) => name).join(", ")}`;
  const found = findings.length === 0 ? "no drift" : counted(findings.length, "difference");
  return `${looked}: ${found}${gaps.length > 0 ? `, ${counted(gaps.length, "gap")}` : ""}`;
}

/** The findings of each type, worst type first. */
export function byType({ findings }: Report): { readonly type: FindingType; readonly some: readonly Finding[] }[] {
  const types = Object.keys(findingTypes) as FindingType[];
  return types
    .map((type) => ({ type, some: findings.filter((finding) => finding.type === type) }))
    .filter(({ some }) => some.length > 0);
}

/** The resource that a finding is about, as a program names it. */
export function resourceOf({ urn, stack }: Finding): string {
  return urn === undefined ? "" : `${partsOf(urn).name} of ${stack}`;
}
