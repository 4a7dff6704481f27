import { caFault, canonicalPem, certificateFault, certificateIn, factsOf } from "./certificate";
import { choice, type Fault, flag, type Given, text, unknown } from "./fields";
import { instanceId } from "./instanceId";
import { outline } from "./outline";
import { serialKey } from "./serialNumber";

const inputs = {
  /**
   * Instance that the CA is registered with, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`,
   * else `apsaramq:instanceId`. A change replaces the resource.
   */
  instanceId,
  /**
   * Name of the CA in the service, which cannot change there. A change replaces the resource: the CA is deleted, and
   * registered anew.
   */
  caName: text({ required: true, replaces: true, fault: (value) => (value.trim() ? undefined : "must not be empty") }),
  /**
   * The CA's certificate in PEM form, RSA or EC, with BasicConstraints CA=true. Line endings, white space and what
   * stands around it do not matter. A change replaces the resource.
   */
  caContent: text({ required: true, replaces: true, fault: caFault }),
  /**
   * A certificate in PEM form that the CA's key has signed for a registration code, which `registrationCode()` gives.
   * Its common name is the code (inferred). Needed once, to register. Default: made by the provider with the CA's
   * private key.
   */
  verificationContent: text({
    onlyAt: "create",
    default: "made by the provider with the CA's private key",
    fault: certificateFault,
  }),
  /**
   * File that holds the CA's private key in PEM form, on the machine that runs `pulumi up`; a relative path counts from
   * the program's folder. Read once, to register; the key goes nowhere, state holds the path alone. Default: none.
   */
  verificationKeyFile: text({ onlyAt: "create", default: "none", fault: pathFault }),
  /**
   * Variable of the environment that holds the CA's private key in PEM form, in place of `verificationKeyFile`. State
   * holds the variable's name alone. Default: none.
   */
  verificationKeyVariable: text({ onlyAt: "create", default: "none", fault: variableFault }),
  /** Variable of the environment that holds the passphrase of an encrypted key. Default: none, the key is not encrypted. */
  verificationPassphraseVariable: text({
    onlyAt: "create",
    default: "none, the key is not encrypted",
    fault: variableFault,
  }),
  /**
   * The status that every `up` holds: device certificates are registered while their CA is `"active"`, and none while it
   * is `"inactive"`; those that are registered still connect (inferred). Default: left as it is, which is active once registered, and not watched
   * for drift.
   */
  status: choice(["active", "inactive"], {
    default: "left as it is, which is active once registered, and not watched for drift",
  }),
  /**
   * What to do when the CA is registered already. `"fail"`: an error that names the ways out. `"adopt"`: takes it over
   * as it is, which needs no key. A CA has no secret to issue anew: `apsaramq:ifExists rotate` adopts it. Default:
   * `apsaramq:ifExists`, else `"fail"`.
   */
  ifExists: choice(["fail", "adopt"], { onlyAt: "create", default: '`apsaramq:ifExists`, else `"fail"`' }),
  /**
   * What deleting does. `"delete"`: inactivates the CA and deletes it. `"inactivate"`: keeps it, inactive, with its
   * device certificates. Default: `"delete"`.
   */
  deletionPolicy: choice(["delete", "inactivate"], { onlyAt: "delete", default: '`"delete"`' }),
  /**
   * Whether deleting takes the device certificates of the CA along, as the service does. Without, a CA that has any is
   * not deleted: an error says how many, and the first of them. Default: `false`.
   */
  cascade: flag({ onlyAt: "delete", default: "`false`" }),
};

const outputs = {
  /** Serial number of the CA as the service lists it; `caSn` of its device certificates. */
  caSn: text({ required: true }),
  /** Whose certificate it is, such as `C=CN, O=Plant, CN=Line CA`. */
  subject: text({ required: true }),
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  fingerprint: text({ required: true }),
  /** Start of its validity, ISO 8601. */
  validBegin: text({ required: true }),
  /** End of its validity, ISO 8601. */
  validEnd: text({ required: true }),
};

export const caCertificate = outline({
  name: "CaCertificate",
  inputs,
  outputs,
  key: ["instanceId", "caSn"],
  canonical: serialKey,
  foreseen,
  complete,
  faults,
  actions: [
    "GetRegisterCode",
    "RegisterCaCertificate",
    "ListCaCertificate",
    "GetCaCertificate",
    "ActiveCaCertificate",
    "InactivateCaCertificate",
    "DeleteCaCertificate",
    "ListDeviceCertificateByCaSn",
  ],
  reads: ["ListCaCertificate", "GetCaCertificate"],
  onlyWith: {
    GetRegisterCode: { verificationContent: [undefined] },
    ActiveCaCertificate: { status: ["active"] },
    DeleteCaCertificate: { deletionPolicy: [undefined, "delete"] },
    ListDeviceCertificateByCaSn: { deletionPolicy: [undefined, "delete"] },
  },
  errors: {
    Conflict:
      'Create: the CA is registered and `ifExists` is `"fail"`, or it is registered under another name or with another certificate. Delete: it has device certificates and `cascade` is not `true`.',
    InvalidInput:
      "In preview: two of `verificationContent`, `verificationKeyFile` and `verificationKeyVariable`; `verificationPassphraseVariable` without a key; a `verificationContent` that the key of `caContent` has not signed. " +
      "Create, in preview already: the key cannot be read or opened, or is not that of `caContent`; a certificate has expired; nothing proves that the CA is the operator's. Nothing is registered.",
    Unexpected: "What state or the service holds as the certificate of a CA cannot be read.",
  },
});

/** A CA's serial number is that of its certificate. */
function foreseen({ caContent }: Given<typeof inputs>): { readonly caSn?: unknown } {
  if (typeof caContent !== "string") {
    return { caSn: caContent };
  }
  const certificate = certificateIn(caContent);
  return certificate ? { caSn: factsOf(certificate).serialNumber } : {};
}

/** Two texts of one certificate are one value. */
function complete(given: Given<typeof inputs>): Given<typeof inputs> {
  const { caContent, verificationContent } = given;
  return {
    ...given,
    ...(typeof caContent === "string" && { caContent: canonicalPem(caContent) }),
    ...(typeof verificationContent === "string" && { verificationContent: canonicalPem(verificationContent) }),
  };
}

function faults(given: Given<typeof inputs>): Fault[] {
  const { caContent, verificationContent, verificationPassphraseVariable } = given;
  const ways = ["verificationContent", "verificationKeyFile", "verificationKeyVariable"] as const;
  const [, second] = ways.filter((way) => given[way] !== undefined);
  const hasKey = given.verificationKeyFile !== undefined || given.verificationKeyVariable !== undefined;
  const ca = typeof caContent === "string" ? certificateIn(caContent) : undefined;
  const proof = typeof verificationContent === "string" ? certificateIn(verificationContent) : undefined;
  return [
    ...(second ? [{ path: second, fault: `must not be given beside another of ${ways.join(", ")}` }] : []),
    ...(verificationPassphraseVariable !== undefined && verificationPassphraseVariable !== unknown && !hasKey
      ? [{ path: "verificationPassphraseVariable", fault: "is of no use without a key" }]
      : []),
    ...(ca && proof && !proof.verify(ca.publicKey)
      ? [{ path: "verificationContent", fault: "must be signed with the key of caContent; another key signed it" }]
      : []),
  ];
}

function pathFault(value: string): string | undefined {
  if (value.includes("PRIVATE KEY-----")) {
    return "must be the path of a file, not the key itself";
  }
  return value ? undefined : "must not be empty";
}

function variableFault(value: string): string | undefined {
  if (value.includes("PRIVATE KEY-----")) {
    return "must be the name of a variable, not the key itself";
  }
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
    ? undefined
    : "must be the name of a variable of the environment: letters, digits and _";
}
