import type * as messages from "@pulumi/pulumi/proto/provider_pb";

/** The request whose verb is being called right now. */
let asked: { readonly id: string; readonly inputs: () => Readonly<Record<string, unknown>> | undefined } | undefined;

/**
 * Lets `diff` and `delete` know the inputs that state holds. The engine sends them along, but Pulumi's process hands on
 * the outputs alone. It takes the id out of a request right before it calls the verb with it, so this listens there.
 */
export function listenForRequests(): void {
  const { DeleteRequest, DiffRequest }: typeof messages = require("@pulumi/pulumi/proto/provider_pb");
  for (const { prototype } of [DiffRequest, DeleteRequest]) {
    const idOf = prototype.getId;
    prototype.getId = function (this: messages.DiffRequest | messages.DeleteRequest) {
      const id = idOf.call(this);
      asked = { id, inputs: () => this.getOldInputs()?.toJavaScript() };
      return id;
    };
  }
}

/** To be called first thing in a verb. Undefined where Pulumi's process does otherwise than is said above. */
export function inputsInState(id: string): Readonly<Record<string, unknown>> | undefined {
  const request = asked;
  asked = undefined;
  return request?.id === id ? request.inputs() : undefined;
}
