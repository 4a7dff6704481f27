import type { ResourceValidationArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { kinds } from "../kinds";
import { certificateIn } from "../kinds/certificate";
import { durationMs } from "../kinds/duration";
import { typeOf } from "../kinds/inState";
import type { Outline } from "../kinds/outline";
import { wildcards } from "../kinds/wildcards";
import type { RemovalBudget } from ".";

const { deviceCredential, deviceCertificate, deviceCertificateSet, customAuthIdentity, group, caCertificate } = kinds;
/** Kinds whose deletion takes logins away. */
const logins = [deviceCredential, deviceCertificate, deviceCertificateSet, customAuthIdentity, group, caCertificate];

export function clientIdPattern(pattern: RegExp): ResourceValidationPolicy {
  return rule("client-id-pattern", `Client ids match ${pattern}.`, [deviceCredential], ({ clientId }) =>
    // A pattern with the flag g remembers where it was.
    typeof clientId !== "string" || new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(clientId)
      ? undefined
      : `clientId ${clientId} does not match ${pattern}`,
  );
}

export function allowedGroups(names: readonly string[]): ResourceValidationPolicy {
  const patterns = names.map(wildcards);
  const list = names.join(", ");
  return rule("allowed-groups", `Devices are in the groups ${list}.`, [group, deviceCredential], ({ groupId }) =>
    typeof groupId !== "string" || patterns.some((pattern) => pattern.test(groupId))
      ? undefined
      : `groupId ${groupId} is none of ${list}`,
  );
}

export function maximumAge(age: string): ResourceValidationPolicy {
  const most = duration(age, "maximumAge");
  return rule("maximum-age", `Credentials are replaced after ${age} at the latest.`, [deviceCredential], (props) => {
    const { rotateAfter } = props;
    if (rotateAfter === undefined) {
      return `rotateAfter is missing: its secret never has to be replaced; set it to ${age} or less`;
    }
    return (durationMs(String(rotateAfter)) ?? 0) > most ? `rotateAfter ${rotateAfter} is more than ${age}` : undefined;
  });
}

export function protectedStacks(names: readonly string[]): ResourceValidationPolicy {
  const patterns = names.map(wildcards);
  const list = names.join(", ");
  return rule("protected", `Logins are protected in the stacks ${list}.`, logins, (_props, { urn, opts }) => {
    const stack = stackOf(urn);
    return opts.protect || !patterns.some((pattern) => pattern.test(stack))
      ? undefined
      : `it is not protected, and ${stack} is one of the stacks ${list}: set protect in its options`;
  });
}

export function caMargin(margin: string, now: () => number): ResourceValidationPolicy {
  const leastMs = duration(margin, "caMargin");
  return rule("ca-margin", `CAs are valid for ${margin} still.`, [caCertificate], ({ caContent }) => {
    const certificate = typeof caContent === "string" ? certificateIn(caContent) : undefined;
    return !certificate || Date.parse(certificate.validTo) - now() >= leastMs
      ? undefined
      : `its certificate is valid until ${new Date(certificate.validTo).toISOString()}, which is less than ${margin} from now`;
  });
}

export function removalBudget({ devices, most }: RemovalBudget): StackValidationPolicy {
  const types = [deviceCredential, deviceCertificate].map(({ name }) => typeOf(name));
  const percent = typeof most === "number" ? undefined : share(most);
  const allowed = (count: number) => (percent === undefined ? Number(most) : Math.floor((count * percent) / 100));
  return {
    name: "removal-budget",
    description: `At most ${most} of the devices that a stack is to have are missing.`,
    enforcementLevel: "mandatory",
    validateStack({ resources }, report) {
      const [first] = resources;
      const expected = first && devices[stackOf(first.urn)];
      const found = resources.filter(({ type }) => types.includes(type)).length;
      if (expected !== undefined && expected - found > allowed(expected)) {
        report(
          `the program declares ${found} devices where ${expected} are expected, and at most ${allowed(expected)} may be missing: correct the program, or the number in the policy pack`,
        );
      }
    },
  };
}

/** A rule for resources of some kinds: what is wrong with one, or undefined when nothing is. */
function rule(
  name: string,
  description: string,
  outlines: readonly Pick<Outline, "name">[],
  fault: (props: Readonly<Record<string, unknown>>, args: ResourceValidationArgs) => string | undefined,
): ResourceValidationPolicy {
  const types = outlines.map((outline) => typeOf(outline.name));
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    validateResource(args, report) {
      const found = types.includes(args.type) ? fault(args.props, args) : undefined;
      if (found !== undefined) {
        report(found);
      }
    },
  };
}

function stackOf(urn: string): string {
  return urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
}

function duration(text: string, option: string): number {
  const ms = durationMs(text);
  if (ms === undefined) {
    throw new Error(`${option} must be a whole number with a unit, such as "90d"; got ${JSON.stringify(text)}`);
  }
  return ms;
}

function share(text: string): number {
  const percent = /^\d{1,3}(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
  if (!(percent <= 100)) {
    throw new Error(`removalBudget.most must be a number or a share such as "5%"; got ${JSON.stringify(text)}`);
  }
  return percent;
}
