import type { Finding, Report } from "../report";
import { resourceOf } from "./summary";

interface Suite {
  readonly name: string;
  readonly failures: readonly Finding[];
  readonly errors: readonly string[];
}

/** JUnit's XML: a suite for each stack and one for strays, a failed test for each finding, an error for each gap. */
export function junit({ findings, gaps, stacks, time }: Report): string {
  const suites: Suite[] = [
    ...stacks.map(({ name }) => ({
      name,
      failures: findings.filter(({ stack }) => stack === name),
      errors: [],
    })),
    { name: "strays", failures: findings.filter(({ stack }) => stack === undefined), errors: [] },
    ...(gaps.length > 0 ? [{ name: "could not be told", failures: [], errors: gaps }] : []),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="apsaramq-mqtt drift">',
    ...suites.flatMap((suite) => suiteLines(suite, time)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteLines({ name, failures, errors }: Suite, time: string): string[] {
  const cases = [...failures.flatMap(failed), ...errors.flatMap(erroneous)];
  const tests = Math.max(1, failures.length + errors.length);
  const counts = `tests="${tests}" failures="${failures.length}" errors="${errors.length}" skipped="0"`;
  return [
    `  <testsuite name="${escaped(name)}" ${counts} timestamp="${time.slice(0, 19)}">`,
    ...(cases.length > 0 ? cases : [`    <testcase classname="${escaped(name)}" name="no drift"/>`]),
    "  </testsuite>",
  ];
}

function failed(finding: Finding): string[] {
  const { type, kind, id, field, text } = finding;
  const name = [type, id, field].filter(Boolean).join(" ");
  return [
    `    <testcase classname="${escaped(kind)}" name="${escaped(name)}">`,
    `      <failure type="${type}" message="${escaped(text)}">${escaped(resourceOf(finding))}</failure>`,
    "    </testcase>",
  ];
}

function erroneous(gap: string): string[] {
  return [
    `    <testcase classname="drift" name="${escaped(gap)}">`,
    `      <error message="${escaped(gap)}"/>`,
    "    </testcase>",
  ];
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text in XML 1.0, which has no place for most control characters. */
function escaped(text: string): string {
  return text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
