import type { X509Certificate } from "node:crypto";
import type { caCertificate as outline } from "../../kinds/caCertificate";
import { type CertificateFacts, certificateIn, factsOf } from "../../kinds/certificate";
import type { OutputsOf } from "../../kinds/outline";
import { MqttProviderError } from "../errors";
import type { Ca } from "../service/caCertificates";

/** What is told of a CA beside what declares it. */
export function describe({ caSn, caContent }: Ca): OutputsOf<typeof outline> {
  const { subject, fingerprint, validBegin, validEnd } = factsIn(caContent);
  return { caSn, subject, fingerprint, validBegin, validEnd };
}

export function serialOf(caContent: string): string {
  return factsIn(caContent).serialNumber;
}

export function factsIn(caContent: string): CertificateFacts {
  return factsOf(certificateOf(caContent));
}

/** The certificate of a text that check has let pass, or that the service holds. */
export function certificateOf(caContent: string): X509Certificate {
  const certificate = certificateIn(caContent);
  if (!certificate) {
    throw new MqttProviderError({
      kind: "Unexpected",
      action: "Reading",
      object: "the certificate of a CA",
      problem: "it cannot be read",
      advice: "Compare caContent with what the service's console shows",
    });
  }
  return certificate;
}
