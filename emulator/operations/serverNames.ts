import { ServiceError } from "../facts/errors";
import type { SniCertificate } from "../state/state";
import { type Action, action, type Context } from "./action";
import type { Data } from "./envelope";
import { certificateCodes, ownInstance } from "./ownInstance";
import { anyText, optionalText } from "./parameterRules";

interface SniSettings {
  readonly MqttInstanceId: string;
  readonly DefaultCertificate: string;
  readonly SniConfig: string | undefined;
}

/** Replaces all settings. Which certificates exist is another service's knowledge, so their ids are taken as they are. */
function set(context: Context, { MqttInstanceId, DefaultCertificate, SniConfig = "" }: SniSettings): Data {
  const { sniCertificates } = ownInstance(context, MqttInstanceId, certificateCodes);
  const certificates = parseSniConfig(SniConfig);
  for (const domain of sniCertificates.keys()) sniCertificates.delete(domain);
  for (const certificate of certificates) sniCertificates.set(certificate.domain, certificate);
  sniCertificates.set("*", { domain: "*", certificateId: DefaultCertificate });
  return { Success: "True" };
}

/** `domain#certificateId[#password]`, joined by semicolons (documented). A domain may be there once. */
function parseSniConfig(text: string): SniCertificate[] {
  const items = text.split(";").filter((item) => item !== "");
  const certificates = items.map((item): SniCertificate => {
    const [domain = "", certificateId = "", ...password] = item.split("#");
    if (!/^(\*\.)?[\w-]+(\.[\w-]+)+$/.test(domain) || certificateId === "") {
      throw new ServiceError("ParameterFieldCheckFailed");
    }
    return { domain, certificateId, ...(password.length === 0 ? {} : { password: password.join("#") }) };
  });
  if (new Set(certificates.map(({ domain }) => domain)).size !== items.length) {
    throw new ServiceError("ParameterFieldCheckFailed");
  }
  return certificates;
}

export const serverNameActions: Readonly<Record<string, Action>> = {
  SetSniConfig: action({
    methods: ["GET", "POST"],
    callsPerSecond: null,
    object: null,
    parameters: { MqttInstanceId: anyText, DefaultCertificate: anyText, SniConfig: optionalText },
    invalidParameter: "ParameterFieldCheckFailed",
    handler: set,
  }),
};
