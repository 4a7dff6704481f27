import { actions } from "../../../provider/service/actions";
import { clientOf } from "./tinyService";

/** A process that makes so many credentials at once and prints how many there are, and the errors that there were. */
async function main(configuration = "{}", instanceId = "", groupId = "", count = "1"): Promise<void> {
  const config: Record<string, string> = JSON.parse(configuration);
  const client = clientOf("", config);
  const results = await Promise.allSettled(
    Array.from({ length: Number(count) }, (_, index) => {
      const clientId = `${groupId}@@@d${index}`;
      return client.call(actions.registerDeviceCredential, { instanceId, clientId }, clientId);
    }),
  );
  await client.close();
  const errors = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
  console.log(JSON.stringify({ made: results.length - errors.length, errors }));
}

void main(...process.argv.slice(2));
