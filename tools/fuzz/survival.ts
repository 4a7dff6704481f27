import { isDeepStrictEqual } from "node:util";
import { Control } from "../emulator/control";
import { VendorClient } from "../emulator/vendorClient";
import type { Target } from "./fuzzer";

const devices = 50;
/** More than the journal, the nonces and some bodies can take together, and far less than a leak would. */
const mostBytes = 400 * 1024 * 1024;

async function credentials(control: Control): Promise<unknown> {
  const { instances = [] } = await control.state();
  return instances[0]?.credentials?.filter(({ clientId }) => clientId.startsWith("GID_survivors@@@"));
}

/** Does something to an emulator, and throws unless it is as well afterwards as it was before. */
export async function expectSurvival(target: Target, ordeal: () => Promise<void>): Promise<void> {
  const control = new Control(target.endpoint);
  const client = new VendorClient(target.endpoint, target);
  const [InstanceId = ""] = target.instanceIds;
  await client.call("CreateGroupId", { InstanceId, GroupId: "GID_survivors" });
  for (let device = 0; device < devices; device++) {
    await client.call("RegisterDeviceCredential", { InstanceId, ClientId: `GID_survivors@@@${device}` });
  }
  const before = await credentials(control);

  await ordeal();

  const { status, rssBytes } = await control.health();
  if (status !== "ok") throw new Error(`the emulator is ${status}`);
  if (rssBytes > mostBytes) throw new Error(`the emulator uses ${Math.round(rssBytes / 2 ** 20)} MiB`);
  if (JSON.stringify(await credentials(control)) !== JSON.stringify(before))
    throw new Error("acknowledged state is lost");
  const entries = await control.journal({ code: "InternalError" });
  const actions = new Set(entries.map(({ action }) => action));
  if (actions.size > 0) throw new Error(`mistakes of the emulator at ${[...actions].join(", ")}`);
  await expectImportable(control);
}

/** Whatever a request could bring into the state, the state comes back from its export: so it does from a data folder. */
async function expectImportable(control: Control): Promise<void> {
  const exported = await control.state();
  await control.setState(exported);
  if (!isDeepStrictEqual(await control.state(), exported))
    throw new Error("the state is another one when it is imported again");
}
