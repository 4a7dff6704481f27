import type { Log, Notification, Result } from "sarif";
import { counted } from "../../../kinds/words";
import { version } from "../../version";
import { type Finding, findingTypes, type Report } from "../report";
import { resourceOf } from "./summary";

const rules = Object.entries(findingTypes).map(([id, { level, meaning, advice }]) => ({
  id,
  shortDescription: { text: meaning },
  fullDescription: { text: meaning },
  help: { text: advice },
  defaultConfiguration: { level },
}));

/**
 * Of a file with more results GitHub takes none, and of these it shows 5,000, worst first. They are 1.4 MB compressed,
 * of 10 that it takes.
 * https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
 */
const mostResults = 25_000;

/** SARIF 2.1.0, as code scanning takes it: each finding stands at the line that declares its resource. */
export function sarif({ findings, gaps, time }: Report): string {
  const surplus = findings.length - mostResults;
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "apsaramq-mqtt", version: version(), rules } },
        automationDetails: { id: "drift/" },
        invocations: [
          {
            executionSuccessful: gaps.length === 0,
            endTimeUtc: time,
            toolExecutionNotifications: [
              ...gaps.map((text) => notification("error", text)),
              ...(surplus > 0
                ? [notification("warning", `${counted(surplus, "finding")} left out, the least bad`)]
                : []),
            ],
          },
        ],
        results: findings.slice(0, mostResults).map(resultOf),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function notification(level: "error" | "warning", text: string): Notification {
  return { level, message: { text } };
}

function resultOf(finding: Finding): Result {
  const { type, kind, id, urn, text, field = "", position = { file: "Pulumi.yaml", line: 1 } } = finding;
  return {
    ruleId: type,
    ruleIndex: rules.findIndex((rule) => rule.id === type),
    level: findingTypes[type].level,
    message: { text: `${kind} ${id}: ${[resourceOf(finding), text].filter(Boolean).join(": ")}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(position.file), uriBaseId: "%SRCROOT%" },
          region: { startLine: position.line },
        },
        logicalLocations: [{ fullyQualifiedName: urn ?? id, kind: "resource" }],
      },
    ],
    // The same finding of the next run is the same alert, wherever its line has moved.
    partialFingerprints: { "finding/v1": [type, kind, id, field].join(" ") },
  };
}
