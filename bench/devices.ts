import type { EmulatorProcess } from "../tools/emulator/emulatorProcess";

/** Gives an emulator's instance so many devices, evenly over so many groups, and nothing else. */
export async function seedDevices(
  { control, instanceIds: [instanceId = ""] }: EmulatorProcess,
  { n, groups }: { readonly n: number; readonly groups: number },
): Promise<{ readonly groupIds: readonly string[]; readonly clientIds: readonly string[] }> {
  const groupIds = Array.from({ length: groups }, (_, index) => `GID_bench-${index}`);
  const clientIds = Array.from({ length: n }, (_, index) => `${groupIds[index % groups]}@@@device-${index}`);
  await control.restart({
    instances: [
      {
        instanceId,
        groups: groupIds.map((groupId) => ({ groupId })),
        credentials: clientIds.map((clientId) => ({ clientId })),
      },
    ],
  });
  return { groupIds, clientIds };
}
