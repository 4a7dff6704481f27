import type { deviceCredential as outline, SecretMode } from "../../kinds/deviceCredential";
import { timeAfter } from "../../kinds/duration";
import { type Given, unknown } from "../../kinds/fields";
import type { InputsOf } from "../../kinds/outline";
import type { Run } from "../run";
import { type State, storedCredential } from "./credentialState";

type Inputs = InputsOf<typeof outline>;
type Triggers = Inputs["rotationTriggers"];

/** Whether a trigger was added or changed: one that is taken away has done its work. */
export function hasNewTrigger(olds: Triggers, news: Triggers): boolean {
  return newTriggers(olds, news).length > 0;
}

/** Whether a secret is as old as it may become, by the service's own note of its last change. */
export function isDue(
  run: Pick<Run, "begunAt">,
  rotateAfter: string | undefined,
  updateTime: string | undefined,
): boolean {
  const due = rotateAfter && updateTime && timeAfter(updateTime, rotateAfter);
  return due !== undefined && due !== "" && due <= run.begunAt;
}

/** What an update will do to the secret of a device, in the words of preview. */
export function foretell(
  run: Pick<Run, "begunAt">,
  news: Given<typeof outline.inputs>,
  known: State,
): string | undefined {
  const isStored = storedCredential(known) !== undefined;
  if (!isStored && known.unclear) {
    return undefined;
  }
  const device = knownAlone(news);
  const { rotatedOutside } = known;
  const reasons = reasonsToRotate(run, news, known);
  const told = [
    reasons.length > 0
      ? `gets a new secret by this update (${reasons.join("; ")}): the old one stops working at the device's next login.`
      : rotatedOutside && `keeps the secret that somebody else issued at ${rotatedOutside}: this update takes it over.`,
    !isStored || news.secretMode === unknown ? undefined : foretellMode(device, known),
  ];
  const text = told.filter(Boolean).join(" ");
  return text ? `${device.clientId} ${text}` : undefined;
}

/** What asks for a new secret, as far as is known before apply. */
export function reasonsToRotate(
  run: Pick<Run, "begunAt">,
  news: Given<typeof outline.inputs>,
  { rotationTriggers, rotatedOutside, updateTime }: State,
): string[] {
  const device = knownAlone(news);
  return [
    ...newTriggers(rotationTriggers, device.rotationTriggers).map((name) => `rotationTriggers.${name}`),
    ...(isDue(run, device.rotateAfter, updateTime)
      ? [`rotateAfter ${device.rotateAfter}, last changed ${updateTime}`]
      : []),
    ...(rotatedOutside && device.ifRotatedOutside === "rotate"
      ? [`somebody else issued the present one at ${rotatedOutside}`]
      : []),
  ];
}

function foretellMode(device: Partial<Inputs>, known: State): string | undefined {
  const { secretMode: before = "state" } = known;
  const { secretMode: after = "state" } = device;
  if (before === after && (after !== "sealed" || device.recipient === known.recipient)) {
    return undefined;
  }
  const lookup = before === "state" || after === "discard" ? "" : ", after one billed lookup";
  const left =
    before === "state"
      ? " Earlier versions of the state still hold it, encrypted: only a rotation makes it worthless."
      : "";
  return `(secretMode ${JSON.stringify(after)}: this update ${modeActs[after]}${lookup}.${left})`;
}

const modeActs: Readonly<Record<SecretMode, string>> = {
  state: "stores its secret in state, encrypted",
  sealed: "keeps its secret only sealed to the recipient",
  discard: "keeps its secret in no form",
};

export function newTriggers(olds: Triggers = {}, news: Triggers = {}): string[] {
  return Object.keys(news).filter((name) => olds[name] !== news[name]);
}

/** What is known before apply. */
export function knownAlone(news: Given<typeof outline.inputs>): Partial<Inputs> {
  return Object.fromEntries(Object.entries(news).filter(([, value]) => value !== unknown)) as Partial<Inputs>;
}
