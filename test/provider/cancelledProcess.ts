import type { ReadResult, ResourceProvider } from "@pulumi/pulumi/dynamic";
import { onCancel } from "../../provider/cancelWatch";

let cancellations = 0;
const cancelled = new Promise<void>((resolve) => {
  onCancel(() => {
    cancellations++;
    resolve();
  });
});

/** Reads how often the engine cancelled, at once or, for the id "wait", when it has. */
export const cancelCounter: Required<Pick<ResourceProvider, "read">> = {
  async read(id): Promise<ReadResult> {
    if (id === "wait") {
      await cancelled;
    }
    return { id, props: { cancellations } };
  },
};
