import { anyText, digits, object, oneOf, optional, text } from "../foundation/decode";
import { packageVersion } from "../foundation/packageVersion";
import type { RefusedLogins } from "../service/refusedLogins";
import type { Service } from "../service/service";
import type { CaCertificate, Instance } from "../state/state";
import { certificateFinder } from "./certificateNames";
import { certificateRow, devicePieces, deviceRow, groupNames, presenceOf } from "./devices";
import { pageOf, pieceOfNames, pieceOfValues } from "./paging";
import type { CaRow, GroupRow, InstanceView, View } from "./view";

/** What the page is showing, as the query of a URL carries it. */
export const viewQuery = object({
  instanceId: optional(text),
  prefix: optional(anyText),
  online: optional(oneOf("only")),
  /** Device certificates of this CA only. */
  caSn: optional(text),
  /** Of the journal. */
  action: optional(text),
  kind: optional(oneOf("refusal")),
  groupPage: optional(digits(1)),
  devicePage: optional(digits(1)),
  caPage: optional(digits(1)),
  certificatePage: optional(digits(1)),
});
export type ViewQuery = ReturnType<typeof viewQuery>;

const devicesPerPage = 20;
const rowsPerPage = 8;
const journalRows = 100;

/** All that the page shows. No secret is ever in it. */
export function currentView(service: Service, query: ViewQuery): View {
  const { regionId, accessKeys, instances } = service.state;
  const [accessKey] = accessKeys.values();
  const instance = instances.get(query.instanceId ?? "") ?? instances.values(0, 1)[0];
  const { action, kind } = query;
  return {
    version: packageVersion(),
    regionId,
    accessKeyId: accessKey?.accessKeyId ?? "",
    instances: instances.values().map(({ properties: { instanceId, instanceName } }) => ({ instanceId, instanceName })),
    broker: service.brokerAddress ?? null,
    instance: instance === undefined ? null : instanceView(instance, query, service.refusedLogins),
    faults: service.faults.list(),
    quotas: service.quotaReport(),
    journal: service.journal.entries({
      limit: journalRows,
      ...(action === undefined ? {} : { action }),
      ...(kind === undefined ? {} : { kind }),
    }),
  };
}

function instanceView(instance: Instance, query: ViewQuery, refusedLogins: RefusedLogins): InstanceView {
  const { instanceId, instanceName, edition, topics, expireTime } = instance.properties;
  const { groupPage = 1, devicePage = 1, caPage = 1, certificatePage = 1, caSn, prefix = "" } = query;
  const presence = presenceOf(instance);
  const groupRow = (groupId: string): GroupRow => ({
    groupId,
    createTime: instance.groups.get(groupId)?.createTime ?? 0,
    credentials: instance.credentials.of(groupId).size,
    online: presence.counts.get(groupId) ?? 0,
  });
  const certificateNamed = certificateFinder(instance);
  const devices = devicePieces(instance, presence, { prefix, onlineOnly: query.online === "only" });
  const certificates = certificateGroups(instance, caSn).map((ca) => pieceOfValues(instance.deviceCertificates.of(ca)));
  return {
    instanceId,
    instanceName,
    edition,
    topics,
    expireTime,
    credentials: instance.credentials.size,
    online: instance.sessions.size,
    refusedLogins: refusedLogins.count(instanceId),
    certificates: instance.deviceCertificates.size,
    groups: pageOf([pieceOfNames(instance.groups)], groupPage, rowsPerPage, groupRow),
    devices: pageOf(devices, devicePage, devicesPerPage, (id) =>
      deviceRow(instance, id, refusedLogins, certificateNamed),
    ),
    caCertificates: pageOf([pieceOfValues(instance.caCertificates)], caPage, rowsPerPage, (ca) => caRow(instance, ca)),
    deviceCertificates: pageOf(certificates, certificatePage, rowsPerPage, certificateRow),
  };
}

function certificateGroups(instance: Instance, caSn: string | undefined): readonly string[] {
  return caSn === undefined
    ? groupNames(instance.deviceCertificates, instance.caCertificates.keys(), (record) => record.caSn)
    : [caSn];
}

function caRow(instance: Instance, { caName, certificate, status }: CaCertificate): CaRow {
  const { serialNumber: caSn, validBegin, validEnd } = certificate;
  const deviceCertificates = instance.deviceCertificates.of(caSn).size;
  return { caSn, caName, status, validBegin, validEnd, deviceCertificates };
}
