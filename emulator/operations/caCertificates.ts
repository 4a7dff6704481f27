import { ServiceError } from "../facts/errors";
import { newRegisterCode } from "../facts/identifiers";
import { type Certificate, isSignedBy, isValidAt, parseCertificate } from "../state/certificates";
import type { CaCertificate, CertificateStatus, Instance } from "../state/state";
import { type Action, action, type Context } from "./action";
import { certificateAction, checkDeletable, page, pemText, statusCode } from "./certificateAnswers";
import type { Data } from "./envelope";
import { certificateCodes, ownInstance } from "./ownInstance";
import { anyText, pageNumber, pageSize, serialNumber } from "./parameterRules";

interface Target {
  readonly MqttInstanceId: string;
  readonly Sn: string;
}

function getRegisterCode(context: Context, { MqttInstanceId }: { readonly MqttInstanceId: string }): Data {
  const { registerCodes } = ownInstance(context, MqttInstanceId, certificateCodes);
  const unused = registerCodes.values().find(({ used }) => !used)?.code;
  if (unused !== undefined && context.state.assumptions.registerCode === "sameUntilUsed") {
    return { RegisterCode: unused };
  }
  const code = newRegisterCode();
  registerCodes.set(code, { code, used: false });
  return { RegisterCode: code };
}

interface Registration {
  readonly MqttInstanceId: string;
  readonly CaName: string;
  readonly CaContent: string;
  readonly VerificationContent: string;
}

function register(context: Context, { MqttInstanceId, CaName, CaContent, VerificationContent }: Registration): Data {
  const instance = ownInstance(context, MqttInstanceId, certificateCodes);
  const certificate = contentOf(CaContent);
  const verification = contentOf(VerificationContent);
  checkContents(context, certificate, verification);
  const code = instance.registerCodes.get(verification.commonName);
  if (code === undefined) throw new ServiceError("RegisterCodeError");
  if (code.used) throw new ServiceError("RegisterCodeUsed");
  if (instancesSharingCas(context, instance).some((other) => other.caCertificates.has(certificate.serialNumber))) {
    throw new ServiceError("SnNotUnique");
  }
  const limit = instance.properties.maxCaCertificates;
  if (limit !== undefined && instance.caCertificates.size >= limit) throw new ServiceError("CaNumExceed");
  instance.registerCodes.set(code.code, { ...code, used: true });
  instance.caCertificates.set(certificate.serialNumber, {
    caName: CaName,
    certificate,
    registrationCode: verification.commonName,
    verificationContent: verification.pem,
    status: "active",
  });
  return { Sn: certificate.serialNumber };
}

function contentOf(text: string): Certificate {
  const certificate = parseCertificate(text);
  if (certificate === undefined) throw new ServiceError("CertificateContentError");
  return certificate;
}

/** RSA or ECC, BasicConstraints, the serial's length and the proof of possession are documented; validity is an assumption. */
function checkContents({ state, now }: Context, certificate: Certificate, verification: Certificate): void {
  const isCurrent =
    state.assumptions.expiredCa === "allowed" || (isValidAt(certificate, now) && isValidAt(verification, now));
  const isAcceptable =
    certificate.isCa &&
    certificate.hasSupportedKey &&
    certificate.serialNumber.length <= 128 &&
    isSignedBy(verification, certificate) &&
    isCurrent;
  if (!isAcceptable) throw new ServiceError("CertificateContentError");
}

function instancesSharingCas({ state }: Context, instance: Instance): Instance[] {
  return state.assumptions.caInSeveralInstances === "allowed" ? [instance] : state.instances.values();
}

function find(context: Context, { MqttInstanceId, Sn }: Target): { instance: Instance; ca: CaCertificate } {
  const instance = ownInstance(context, MqttInstanceId, certificateCodes);
  const ca = instance.caCertificates.get(Sn);
  if (ca === undefined) throw new ServiceError("FindCaBySnError");
  return { instance, ca };
}

function get(context: Context, target: Target): Data {
  return { Data: describe(context, find(context, target).ca) };
}

function list(
  context: Context,
  {
    MqttInstanceId,
    ...paging
  }: { readonly MqttInstanceId: string; readonly PageNo: number; readonly PageSize: number },
): Data {
  const { caCertificates } = ownInstance(context, MqttInstanceId, certificateCodes);
  const { start, ...numbers } = page(paging, caCertificates.size, context.state.assumptions.certificateTotal);
  const records = caCertificates.values(start, paging.PageSize).map((ca) => describe(context, ca));
  return { Data: { ...numbers, CaCertificateVOS: records } };
}

function describe(context: Context, ca: CaCertificate): Data {
  return {
    Sn: ca.certificate.serialNumber,
    CaName: ca.caName,
    CaContent: pemText(context, ca.certificate.pem),
    VerificationContent: pemText(context, ca.verificationContent),
    RegistrationCode: ca.registrationCode,
    Status: statusCode[ca.status],
    ValidBegin: String(ca.certificate.validBegin),
    ValidEnd: String(ca.certificate.validEnd),
  };
}

function setStatus(status: CertificateStatus) {
  return (context: Context, target: Target): Data => {
    const { instance, ca } = find(context, target);
    instance.caCertificates.set(target.Sn, { ...ca, status });
    return { Sn: target.Sn };
  };
}

/** Takes the device certificates it issued along (documented). */
function remove(context: Context, target: Target): Data {
  const { instance, ca } = find(context, target);
  checkDeletable(context, ca.status);
  instance.caCertificates.delete(target.Sn);
  instance.deviceCertificates.deleteGroup(target.Sn);
  return { Sn: target.Sn };
}

const single = {
  ...certificateAction,
  object: "Sn",
  parameters: { MqttInstanceId: anyText, Sn: serialNumber },
} as const;

export const caCertificateActions: Readonly<Record<string, Action>> = {
  GetRegisterCode: action({
    ...certificateAction,
    methods: ["GET"],
    object: null,
    parameters: { MqttInstanceId: anyText },
    handler: getRegisterCode,
  }),
  RegisterCaCertificate: action({
    ...certificateAction,
    methods: ["GET", "POST"],
    object: "Sn",
    parameters: { MqttInstanceId: anyText, CaName: anyText, CaContent: anyText, VerificationContent: anyText },
    handler: register,
  }),
  GetCaCertificate: action({ ...single, methods: ["GET"], handler: get }),
  ListCaCertificate: action({
    ...certificateAction,
    methods: ["GET"],
    object: null,
    parameters: { MqttInstanceId: anyText, PageNo: pageNumber, PageSize: pageSize },
    handler: list,
  }),
  ActiveCaCertificate: action({ ...single, methods: ["GET", "POST"], handler: setStatus("active") }),
  InactivateCaCertificate: action({ ...single, methods: ["GET", "POST"], handler: setStatus("inactive") }),
  DeleteCaCertificate: action({ ...single, methods: ["GET", "POST"], handler: remove }),
};
