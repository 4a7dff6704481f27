import type { FaultRequest } from "apsaramq-mqtt-emulator";
import { errorCatalogue } from "../../emulator/facts/errors";
import { codeMeaning } from "../../provider/service/errorCodes";

/** One way in which a call can go wrong. */
export interface FaultKind {
  readonly name: string;
  readonly fault: Omit<Extract<FaultRequest, { answer?: unknown }>, "action">;
  /** Whether the connection is cut, as it is when the process that called is killed. */
  readonly isCut?: true;
  /** Whether the lost request may arrive later. */
  readonly isLate?: true;
  /** Whether it says that the object is not there: a lie where it is, against which there is no help. */
  readonly saysGone?: true;
}

const codes = [
  "InternalError",
  "ServiceUnavailable",
  "SystemOverFlow",
  "Throttling",
  "SignatureNonceUsed",
  "PermissionCheckFailed",
  "ApiNotSupport",
] as const;

const goneCodes = (Object.keys(errorCatalogue) as (keyof typeof errorCatalogue)[]).filter(
  (code) => codeMeaning(code).kind === "NotFound",
);

/** Answers that prove nothing, each of a call that took effect and of one that did not. */
const answers = {
  "empty-object": { body: {} },
  "empty-body": { body: "" },
  null: { body: null },
  html: { body: "<html>Service</html>" },
  "html-502": { status: 502, body: "<html>Bad gateway</html>" },
  redirect: { status: 301, body: "", headers: { location: "/elsewhere" } },
  "no-success": { members: { Success: false } },
  "code-at-200": { members: { Code: "InternalError" } },
  "no-request-id": { without: ["RequestId"] },
} as const;

export const faultKinds: readonly FaultKind[] = [
  { name: "lost-before", fault: { effect: "before" }, isCut: true },
  { name: "lost-after", fault: { effect: "after" }, isCut: true },
  { name: "silent", fault: { effect: "silent" } },
  { name: "silent-then-late", fault: { effect: "silent", late: "onRelease" }, isLate: true },
  { name: "stall", fault: { effect: "stall" } },
  ...codes.map((code) => ({ name: code, fault: { code } })),
  ...goneCodes.map((code) => ({ name: code, fault: { code }, saysGone: true as const })),
  ...Object.entries(answers).flatMap(([name, answer]) =>
    [true, false].map((applied) => ({
      name: `${name}-${applied ? "after" : "before"}`,
      fault: { answer: { applied, ...answer } },
    })),
  ),
];
