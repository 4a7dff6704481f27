import type * as messages from "@pulumi/pulumi/proto/provider_pb";

/** The properties that the answer which is being read right now names. */
let read: readonly string[] = [];

/**
 * Lets `diff` name what changes where no input does; the engine would print all inputs in its place. Pulumi's process
 * hands on no such names, but reads `changes` right before it writes them into its answer, so this listens there. To the
 * engine they are inputs, which it then finds unchanged: else it would print what state has of them.
 */
export function passNamesOn(): void {
  const { DiffResponse, PropertyDiff }: typeof messages = require("@pulumi/pulumi/proto/provider_pb");
  const { prototype } = DiffResponse;
  const write = prototype.setChanges;
  prototype.setChanges = function (this: messages.DiffResponse, changes) {
    for (const name of read) {
      const change = new PropertyDiff();
      change.setKind(PropertyDiff.Kind.UPDATE);
      change.setInputdiff(true);
      this.getDetaileddiffMap().set(name, change);
    }
    this.setHasdetaileddiff(read.length > 0);
    read = [];
    return write.call(this, changes);
  };
}

/** The answer that there are changes, with the names of what changes. */
export function namingChanges<Answer extends object>(answer: Answer, names: readonly string[]): Answer {
  return Object.defineProperty(answer, "changes", {
    enumerable: true,
    get() {
      read = names;
      return true;
    },
  });
}
