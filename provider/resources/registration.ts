import { isProviderError, MqttProviderError } from "../errors";
import type { Run } from "../run";
import type { DeviceRef, Guard, Registration } from "../service/deviceCredentials";

/** How many times as long as this run another one may be between look and registration. */
const slowness = 3;
/** It may be this long in any case, unless the service is so near that this run was many times faster. */
const [usualMs, nearSlowness] = [200, 8];
/** The longest wait before the second look. */
const mostMs = 5_000;
/** A registration that took longer is looked at again in any case. */
const slowMs = 1_000;

export interface Registered extends Registration {
  /** Set when the second look failed: the credential was ours, and may be so no longer. */
  readonly doubt?: MqttProviderError;
}

/**
 * Registers a device that has no credential, and looks once more when every other run that found none either must have
 * registered too: the last of them has the live secret, the others see here that theirs is dead. With the guard by
 * listing, which is to save calls, only a slow registration is looked at again.
 */
export async function register(run: Run, device: DeviceRef, guard: Guard, registers?: () => void): Promise<Registered> {
  const registration = await run.service.credentials.registerIfAbsent(device, guard, registers);
  const { credential, existed, tookMs } = registration;
  if (existed || (guard !== "get" && tookMs <= slowMs)) {
    return registration;
  }
  try {
    await run.sleep(Math.min(longestOther(tookMs), mostMs));
    const found = await run.service.credentials.get(device);
    if (!found) {
      return { ...registration, doubt: doubt(device, "somebody has deregistered it since") };
    }
    const isOurs = found.deviceAccessKeySecret === credential.deviceAccessKeySecret;
    return { ...registration, credential: found, existed: !isOurs };
  } catch (error) {
    return { ...registration, doubt: doubt(device, isProviderError(error) ? error.summary : String(error)) };
  }
}

/** How long another run may be between look and registration, by how long this one was. */
function longestOther(tookMs: number): number {
  return Math.max(slowness * tookMs, Math.min(usualMs, nearSlowness * tookMs));
}

function doubt({ instanceId, clientId }: DeviceRef, why: string): MqttProviderError {
  return new MqttProviderError({
    kind: "Transient",
    action: "RegisterDeviceCredential",
    object: `${clientId} on instance ${instanceId}`,
    problem: `it succeeded, but nobody could see whether another run has registered the device too: ${why}`,
    advice: "The secret is kept, and the next `pulumi up` looks again",
    unclear: "lost",
  });
}
