import { certificateFault, certificateIn } from "../kinds/certificate";
import { isFault, type KeySource, readCaKey } from "./caKey";
import { MqttProviderError } from "./errors";
import { Run } from "./run";
import type { ConfigLookup } from "./settings";
import { verificationCertificate } from "./verificationCertificate";

/** Asks the service for a code that a verification certificate has to carry. */
export async function registrationCode(config: ConfigLookup, instanceId: string | undefined): Promise<string> {
  const run = new Run();
  run.configure(config);
  const instance = instanceId ?? run.defaultInstanceId;
  if (instance === undefined) {
    throw unusable("registrationCode", "instanceId is required: give it here, or set apsaramq:instanceId");
  }
  const { service } = run;
  try {
    return await service.cas.registrationCode(instance);
  } finally {
    await service.close();
  }
}

/** Signs a registration code with the CA's key. */
export async function signedVerification(caContent: string, code: string, source: KeySource): Promise<string> {
  const ca = certificateIn(caContent);
  if (!ca) {
    throw unusable("verificationCertificate", `caContent ${certificateFault(caContent)}`);
  }
  const key = readCaKey(source, ca, new Run());
  if (isFault(key)) {
    throw unusable("verificationCertificate", `${key.path} ${key.fault}`);
  }
  return verificationCertificate(ca.toString(), code, key);
}

function unusable(action: string, problem: string): MqttProviderError {
  const advice = "Correct it and run the command again";
  return new MqttProviderError({ kind: "InvalidInput", action, object: "this program", problem, advice });
}
