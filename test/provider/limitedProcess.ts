import { machineLimiters } from "../../provider/limiters";
import { actions } from "../../provider/service/actions";
import { serviceClient } from "../../provider/service/client";
import { isSettings, readSettings } from "../../provider/settings";

/** A process that sends as many requests as it may, up to a number, and prints what its user is told. */
async function main(endpoint = "", instanceId = "", count = ""): Promise<void> {
  const settings = readSettings(
    (key) => (key === "apsaramq:endpoint" ? endpoint : undefined),
    (name) => process.env[name],
  );
  if (!isSettings(settings)) {
    throw new Error(settings.join("; "));
  }
  const client = serviceClient(settings, {
    progress: () => {},
    limiters: machineLimiters(settings, { warn: (text) => process.stdout.write(`${text}\n`) }),
    signal: new AbortController().signal,
  });
  const request = { instanceId, clientId: "GID_line@@@device" };
  await Promise.all(
    Array.from({ length: Number(count) }, () => client.call(actions.getDeviceCredential, request, "device")),
  );
  await client.close();
}

void main(...process.argv.slice(2));
