/** How a resource stands in users' state, whatever its kind. All of it is frozen: state of any released version has it. */

/** The property that carries the stub. */
export const stubKey = "__provider";

/** The hidden output that tells one entry of the stack from all others that ever held the same object. */
export const entryKey = "__entry";

/** What marks a value as secret wherever Pulumi writes or sends one, beside the value itself. */
export const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** The constant line that leads the engine to the behaviour of a kind. */
export function stubOf(kind: string): string {
  return `exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").${nameInStub(kind)};`;
}

/** The type token of a kind. */
export function typeOf(kind: string): string {
  return `pulumi-nodejs:dynamic/apsaramq:${kind}`;
}

function nameInStub(kind: string): string {
  return kind.charAt(0).toLowerCase() + kind.slice(1);
}
