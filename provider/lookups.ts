import { splitClientId } from "../kinds/clientId";
import type { AnswerOf, ArgumentsOf, FunctionName } from "../kinds/functions";
import { MqttProviderError } from "./errors";
import { describe as describeCa } from "./resources/caState";
import { describe } from "./resources/credentialState";
import type { Run } from "./run";
import type { Ca, CaRef } from "./service/caCertificates";
import type { Certificate } from "./service/deviceCertificates";

/** A program may have made an object just before it asks for it: nothing that was listed earlier will do. */
const asOfNow = 0;

/** What the functions of a program ask the service. */
export const lookups: {
  readonly [N in FunctionName]: (run: Run, args: ArgumentsOf<N>) => Promise<AnswerOf<N>>;
} = {
  async listGroups({ service }, { instanceId, tags = {} }) {
    const groups = await service.groups.whole(instanceId, asOfNow);
    const isWanted = (found: Readonly<Record<string, string>>) =>
      Object.entries(tags).every(([key, value]) => Object.hasOwn(found, key) && found[key] === value);
    return sorted(
      groups.filter((group) => isWanted(group.tags)),
      ({ groupId }) => groupId,
    ).map((group) => ({ instanceId, ...group }));
  },

  async listDeviceCredentials({ service }, { instanceId, groupId }) {
    const groupIds =
      groupId === undefined
        ? (await service.groups.whole(instanceId, asOfNow)).map((group) => group.groupId)
        : [groupId];
    const clientIds = await Promise.all(
      groupIds.map((group) => service.credentials.allClientIdsIn({ instanceId, groupId: group }, asOfNow)),
    );
    return sorted(clientIds.flat(), (clientId) => clientId).map((clientId) => device(instanceId, clientId));
  },

  async listDeviceCertificates(run, { instanceId, caSn }) {
    const ca = await registeredCa(run, "listDeviceCertificates", { instanceId, caSn });
    const listed = await run.service.certificates.wholeOfCa({ instanceId, caSn: ca.caSn }, asOfNow);
    return sorted([...listed.values()], ({ deviceSn }) => deviceSn).map((one) => ({ instanceId, ...one }));
  },

  async listCaCertificates({ service }, { instanceId }) {
    const cas = await service.cas.whole(instanceId, asOfNow);
    return sorted(cas, ({ caSn }) => caSn).map((ca) => ({ instanceId, ...ca, ...describeCa(ca) }));
  },

  async getDeviceCredential({ service }, { instanceId, clientId }) {
    const found = await service.credentials.get({ instanceId, clientId });
    if (!found) {
      throw missing("getDeviceCredential", `${clientId} on instance ${instanceId}`, "the device has no credential");
    }
    const { deviceAccessKeySecret } = found;
    const { mqttPassword = "", ...outputs } = describe({ instanceId, clientId }, found);
    return { ...device(instanceId, clientId), ...outputs, deviceAccessKeySecret, mqttPassword };
  },

  async getDeviceCertificate(run, certificate) {
    const { instanceId, caSn, deviceSn } = certificate;
    const found: Certificate | undefined =
      (await run.service.certificates.get(certificate)) ??
      (await run.service.certificates.listed(
        { ...certificate, caSn: (await registeredCa(run, "getDeviceCertificate", { instanceId, caSn })).caSn },
        asOfNow,
      ));
    if (!found) {
      const object = `device certificate ${deviceSn} of CA ${caSn} on instance ${instanceId}`;
      throw missing("getDeviceCertificate", object, "no such certificate is registered");
    }
    return { instanceId, ...found };
  },

  async getCaCertificate(run, ca) {
    const found = await registeredCa(run, "getCaCertificate", ca);
    return { instanceId: ca.instanceId, ...found, ...describeCa(found) };
  },

  querySessions({ service }, { instanceId, clientIds }) {
    return service.sessions.of(instanceId, clientIds);
  },
};

/** Of one order, whatever the service lists them in: a list in another order would show as a change. */
function sorted<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return [...items].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

function device(instanceId: string, clientId: string) {
  const { groupId = clientId, deviceId = "" } = splitClientId(clientId) ?? {};
  return { instanceId, clientId, groupId, deviceId };
}

/** The CA, however its serial number is spelled: the service knows one spelling only. */
async function registeredCa({ service }: Run, action: FunctionName, ca: CaRef): Promise<Ca> {
  const found = await service.cas.lookUp(ca);
  if (!found) {
    throw missing(action, `CA ${ca.caSn} on instance ${ca.instanceId}`, "no such CA is registered");
  }
  return found;
}

function missing(action: FunctionName, object: string, problem: string): MqttProviderError {
  const advice = "Correct what is asked for, or make it first; what may be missing is found by the list functions";
  return new MqttProviderError({ kind: "NotFound", action, object, problem, advice });
}
