import { ServiceError } from "../facts/errors";
import { isSameSecret } from "../facts/loginPassword";
import type { Nonces } from "../service/nonces";
import type { AccessKey } from "../state/state";
import type { ParsedRequest } from "./request";
import { signatureV1, stringToSignV1 } from "./signatureV1";
import { algorithmV3, parseAuthorizationV3, payloadHash, signatureV3 } from "./signatureV3";

const allowedSkewMs = 15 * 60 * 1000;
const timestampPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Headers that must be there and be signed, beside every other `x-acs-` header that is there (documented). */
const requiredHeaders = [
  "host",
  "x-acs-action",
  "x-acs-content-sha256",
  "x-acs-date",
  "x-acs-signature-nonce",
  "x-acs-version",
];

/** Which generation of the signature a request carries; it also decides where action and version are looked for. */
export function isSignedV3(request: ParsedRequest): boolean {
  return (request.headers.get("authorization") ?? "").startsWith("ACS3-");
}

/** What both generations say about who sends a request, and how that is proven. */
interface Claim {
  readonly accessKeyId: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly securityToken: string | undefined;
  readonly expectedSignature: (accessKeySecret: string) => string;
  /** What a wrong signature is answered beside that it is wrong. */
  readonly mismatchDetail?: string;
}

export interface Authenticator {
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  readonly nonces: Nonces;
  /** Wall clock in milliseconds: the emulator's own clock may be set, clients' clocks are not. */
  readonly now: number;
}

/** Who has signed a request. */
export interface Signer {
  readonly accessKey: AccessKey;
  /** Until when the signature holds, by the wall clock. */
  readonly signedUntil: number;
}

/** Verifies the signature of a request. */
export function authenticate(request: ParsedRequest, { accessKeys, nonces, now }: Authenticator): Signer {
  const claim = isSignedV3(request) ? claimV3(request) : claimV1(request);
  const accessKey = accessKeys.get(claim.accessKeyId);
  if (accessKey === undefined) throw new ServiceError("InvalidAccessKeyId.NotFound");
  const signedAt = readTimestamp(claim.timestamp);
  if (Math.abs(signedAt - now) > allowedSkewMs) throw new ServiceError("InvalidTimeStamp.Expired");
  checkSecurityToken(claim.securityToken, accessKey.securityToken);
  if (!isSameSecret(claim.signature, claim.expectedSignature(accessKey.accessKeySecret))) {
    throw new ServiceError("SignatureDoesNotMatch", claim.mismatchDetail);
  }
  if (!nonces.accept(`${claim.accessKeyId} ${claim.nonce}`)) throw new ServiceError("SignatureNonceUsed");
  return { accessKey, signedUntil: signedAt + allowedSkewMs };
}

function claimV1(request: ParsedRequest): Claim {
  const required = (name: string): string => {
    const value = request.parameters.get(name);
    if (value === undefined || value === "") throw new ServiceError("Missing%s", name);
    return value;
  };
  const accessKeyId = required("AccessKeyId");
  if (required("SignatureMethod") !== "HMAC-SHA1" || required("SignatureVersion") !== "1.0") {
    throw new ServiceError("InvalidSignatureMethod");
  }
  return {
    accessKeyId,
    timestamp: required("Timestamp"),
    nonce: required("SignatureNonce"),
    signature: required("Signature"),
    securityToken: request.parameters.get("SecurityToken"),
    expectedSignature: (secret) => signatureV1(request.method, request.parameters, secret),
    // Seen from the real gateway: SDKs compare it with their own, to tell a wrong secret from a wrong string (inferred).
    mismatchDetail: ` server string to sign is:${stringToSignV1(request.method, request.parameters)}`,
  };
}

function claimV3(request: ParsedRequest): Claim {
  const header = request.headers.get("authorization") ?? "";
  if (!header.startsWith(`${algorithmV3} `)) throw new ServiceError("InvalidSignatureMethod");
  const authorization = parseAuthorizationV3(header);
  if (authorization === undefined) throw new ServiceError("IncompleteSignature");
  const mustBeSigned = [...requiredHeaders, ...[...request.headers.keys()].filter((name) => name.startsWith("x-acs-"))];
  const isSaid = (name: string) => (request.headers.get(name) ?? "") !== "";
  if (!requiredHeaders.every(isSaid) || !mustBeSigned.every((name) => authorization.signedHeaders.includes(name))) {
    throw new ServiceError("IncompleteSignature");
  }
  if (request.headers.get("x-acs-content-sha256") !== payloadHash(request.body)) {
    throw new ServiceError("SignatureDoesNotMatch");
  }
  return {
    ...authorization,
    timestamp: request.headers.get("x-acs-date") ?? "",
    nonce: request.headers.get("x-acs-signature-nonce") ?? "",
    securityToken: request.headers.get("x-acs-security-token"),
    expectedSignature: (secret) =>
      signatureV3({ ...request, query: request.queryParameters }, authorization.signedHeaders, secret),
  };
}

function readTimestamp(timestamp: string): number {
  const time = timestampPattern.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(time)) throw new ServiceError("InvalidTimeStamp.Format");
  return time;
}

function checkSecurityToken(given: string | undefined, expected: string | undefined): void {
  if (given === expected) return;
  if (given === undefined) throw new ServiceError("Missing%s", "SecurityToken");
  throw new ServiceError("InvalidSecurityToken.MismatchWithAccessKey");
}
