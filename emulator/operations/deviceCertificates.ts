import { ServiceError } from "../facts/errors";
import type { CertificateStatus, DeviceCertificate, Instance } from "../state/state";
import { type Action, action, type Context } from "./action";
import { certificateAction, checkDeletable, page, pemText, statusCode } from "./certificateAnswers";
import type { Data } from "./envelope";
import { certificateCodes, ownInstance } from "./ownInstance";
import { anyText, pageNumber, pageSize, serialNumber } from "./parameterRules";

interface Target {
  readonly MqttInstanceId: string;
  readonly CaSn: string;
  readonly DeviceSn: string;
}

interface Paging {
  readonly MqttInstanceId: string;
  readonly PageNo: number;
  readonly PageSize: number;
}

interface Place {
  readonly instance: Instance;
  readonly device: DeviceCertificate;
}

function find(context: Context, { MqttInstanceId, CaSn, DeviceSn }: Target): Place {
  const instance = ownInstance(context, MqttInstanceId, certificateCodes);
  const device = instance.deviceCertificates.of(CaSn).get(DeviceSn);
  if (device === undefined) throw new ServiceError("FindDeviceBySnError");
  return { instance, device };
}

function get(context: Context, target: Target): Data {
  return { Data: describe(context, find(context, target).device) };
}

function list(context: Context, { MqttInstanceId, ...paging }: Paging): Data {
  const { caCertificates, deviceCertificates } = ownInstance(context, MqttInstanceId, certificateCodes);
  const { assumptions } = context.state;
  const { start, ...numbers } = page(paging, deviceCertificates.size, assumptions.certificateTotal);
  const records: DeviceCertificate[] = [];
  let skip = start;
  for (const caSn of caCertificates.keys()) {
    const ofCa = deviceCertificates.of(caSn);
    records.push(...ofCa.values(skip, paging.PageSize - records.length));
    skip = Math.max(0, skip - ofCa.size);
  }
  return { Data: { ...numbers, DeviceCertificateVOS: records.map((device) => describe(context, device)) } };
}

function listByCa(context: Context, { MqttInstanceId, CaSn, ...paging }: Paging & { readonly CaSn: string }): Data {
  const { caCertificates, deviceCertificates } = ownInstance(context, MqttInstanceId, certificateCodes);
  if (!caCertificates.has(CaSn) && context.state.assumptions.listUnknownCa === "FindDeviceBySnError") {
    throw new ServiceError("FindDeviceBySnError");
  }
  const ofCa = deviceCertificates.of(CaSn);
  const { start, ...numbers } = page(paging, ofCa.size, "records");
  const records = ofCa.values(start, paging.PageSize);
  return { Data: { ...numbers, DeviceCertificateVOS: records.map((device) => describe(context, device)) } };
}

/** The name is the common name of the certificate (inferred). */
function describe(context: Context, { certificate, caSn, status }: DeviceCertificate): Data {
  return {
    DeviceSn: certificate.serialNumber,
    CaSn: caSn,
    DeviceName: certificate.commonName,
    DeviceContent: pemText(context, certificate.pem),
    Status: statusCode[status],
    ValidBegin: String(certificate.validBegin),
    ValidEnd: String(certificate.validEnd),
  };
}

function setStatus(status: CertificateStatus) {
  return (context: Context, target: Target): Data => {
    const { instance, device } = find(context, target);
    instance.deviceCertificates.set(target.CaSn, target.DeviceSn, { ...device, status });
    return { DeviceSn: target.DeviceSn };
  };
}

/** Removes the record only: the certificate registers itself again at its next connection while its CA is active. */
function remove(context: Context, target: Target): Data {
  const { instance, device } = find(context, target);
  checkDeletable(context, device.status);
  instance.deviceCertificates.delete(target.CaSn, target.DeviceSn);
  return { DeviceSn: target.DeviceSn };
}

const single = {
  ...certificateAction,
  object: "DeviceSn",
  parameters: { MqttInstanceId: anyText, CaSn: serialNumber, DeviceSn: serialNumber },
} as const;
const paging = { MqttInstanceId: anyText, PageNo: pageNumber, PageSize: pageSize } as const;

export const deviceCertificateActions: Readonly<Record<string, Action>> = {
  GetDeviceCertificate: action({ ...single, methods: ["GET"], handler: get }),
  ListDeviceCertificate: action({
    ...certificateAction,
    methods: ["GET"],
    object: null,
    parameters: paging,
    handler: list,
  }),
  ListDeviceCertificateByCaSn: action({
    ...certificateAction,
    methods: ["GET"],
    object: "CaSn",
    parameters: { ...paging, CaSn: serialNumber },
    handler: listByCa,
  }),
  ActiveDeviceCertificate: action({ ...single, methods: ["GET", "POST"], handler: setStatus("active") }),
  InactivateDeviceCertificate: action({ ...single, methods: ["GET", "POST"], handler: setStatus("inactive") }),
  DeleteDeviceCertificate: action({ ...single, methods: ["GET", "POST"], handler: remove }),
};
