import type * as messages from "@pulumi/pulumi/proto/resource_pb";

/** How values travel between engine and program that are secret: `{ [signature]: secret, value }`. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
/** How many members a value may have to be written. */
const fewMembers = 100;

type Values = ReturnType<typeof messages.RegisterResourceResponse.prototype.getObject>;
let taught = false;

/**
 * Teaches the engine's answers to leave secrets out when they are written as text. Pulumi's runtime writes the answer
 * for every resource into a debug message, and the engine passes debug messages on in `up --json`, in event logs and
 * in the Automation API's events, whether or not somebody asked for debugging. Nothing else reads that text. Holds
 * for all resources of the program: a secret that one of ours made may be an input of another.
 */
export function hideSecretsInResponseTexts(): void {
  if (taught) {
    return;
  }
  taught = true;
  try {
    const {
      ReadResourceResponse,
      RegisterResourceResponse,
    }: typeof messages = require("@pulumi/pulumi/proto/resource_pb");
    RegisterResourceResponse.prototype.toString = function () {
      return responseText([this.getUrn(), this.getId()], this.getObject());
    };
    ReadResourceResponse.prototype.toString = function () {
      return responseText([this.getUrn()], this.getProperties());
    };
  } catch {
    // A Pulumi of another make: programs work with it, and it writes what it writes.
  }
}

function responseText(names: readonly string[], values: Values): string {
  try {
    const shown: [string, unknown][] = [];
    values?.getFieldsMap().forEach((value, name) => {
      const members = value.getStructValue()?.getFieldsMap().getLength() ?? 0;
      shown.push([name, members > fewMembers ? `[${members} members]` : value.toJavaScript()]);
    });
    return [...names, JSON.stringify(Object.fromEntries(shown), withoutSecrets)].join();
  } catch {
    return names.join();
  }
}

function withoutSecrets(_key: string, value: unknown): unknown {
  const marked = typeof value === "object" && value !== null && signature in value && value[signature] === secret;
  return marked ? "[secret]" : value;
}
