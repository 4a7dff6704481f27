import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as mqtt from "../../sdk";
import { failureOf, registrations } from "./program";

const device = { instanceId: "post-cn-1", clientId: "GID_line@@@a" };

const few = (opts?: pulumi.CustomResourceOptions) => new mqtt.CustomAuthConnectBlack("made", device, opts);
const many = (opts?: pulumi.CustomResourceOptions) => new mqtt.DeviceCredential("made", device, opts);

/** How often somebody asks where the program is, and is told, while it makes a resource. */
async function stacksOf(make: () => unknown): Promise<number> {
  const own = Error.prepareStackTrace;
  let stacks = 0;
  await registrations(() => {
    Error.prepareStackTrace = (error, frames) => {
      stacks += frames.length > 0 ? 1 : 0;
      return own?.(error, frames) ?? `${error}`;
    };
    try {
      make();
    } finally {
      Error.prepareStackTrace = own;
    }
  });
  return stacks;
}

describe("The stacks of a resource's members", () => {
  afterEach(() => {
    delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
  });

  it("are not noted: a kind with many members notes as many stacks as one with few", async () => {
    expect(await stacksOf(many)).to.equal(await stacksOf(few));
  });

  it("are noted for who looks for promises that nothing resolves", async () => {
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "true";
    expect(await stacksOf(many)).to.be.above((await stacksOf(few)) + 20);
  });

  it("leave those of the program as long as they were", async () => {
    const before = Error.stackTraceLimit;
    await registrations(() => {
      many();
      expect(Error.stackTraceLimit).to.equal(before);
    });
  });

  it("leave those of the program as long as they were after a transformation that looks at one property", async () => {
    const before = Error.stackTraceLimit;
    const look: pulumi.ResourceTransformation = ({ props }) => {
      throw new Error(`no ${props.__entry}`);
    };
    await failureOf(() => many({ transformations: [look] }));
    expect(Error.stackTraceLimit).to.equal(before);
  });

  it("leave properties to transformations, which may copy them or change them where they are", async () => {
    const copy: pulumi.ResourceTransformation = ({ props, opts }) => ({ props: { ...props }, opts });
    const change: pulumi.ResourceTransformation = ({ props }) => {
      for (const name of Object.keys(props)) props[name] ??= name === "__entry" ? "changed" : undefined;
      return undefined;
    };
    const [made] = await registrations(() => many({ transformations: [change, copy] }));
    expect(made?.inputs).to.include({ ...device, __entry: "changed" });
  });
});
