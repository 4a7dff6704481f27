import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import type { Fault } from "../kinds/fields";

/** Where the private key of a CA is to be found: in a file, or in a variable of the environment. */
export interface KeySource {
  readonly verificationKeyFile?: string | undefined;
  readonly verificationKeyVariable?: string | undefined;
  /** The variable that holds the passphrase of an encrypted key. */
  readonly verificationPassphraseVariable?: string | undefined;
}

/** What reads files and variables. */
export interface Machine {
  readonly readFile: (path: string) => string;
  readonly environment: (name: string) => string | undefined;
}

/**
 * The private key of a CA, or what keeps it from being used. Nothing of what was read is in the words: OpenSSL's own are
 * dropped.
 */
export function readCaKey(source: KeySource, ca: X509Certificate, machine: Machine): KeyObject | Fault {
  const { verificationKeyFile, verificationPassphraseVariable } = source;
  const path = verificationKeyFile === undefined ? "verificationKeyVariable" : "verificationKeyFile";
  const pem = keyText(source, machine);
  if (typeof pem !== "string") {
    return pem;
  }
  const isEncrypted = pem.includes("ENCRYPTED");
  const passphrase = verificationPassphraseVariable && machine.environment(verificationPassphraseVariable);
  if (verificationPassphraseVariable !== undefined && !passphrase) {
    return { path: "verificationPassphraseVariable", fault: "names a variable of the environment that is not set" };
  }
  if (isEncrypted && !passphrase) {
    return {
      path,
      fault: "is encrypted: name the variable that holds its passphrase in verificationPassphraseVariable",
    };
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase && { passphrase }) });
  } catch {
    return isEncrypted
      ? { path: "verificationPassphraseVariable", fault: "does not hold the passphrase that opens the key" }
      : { path, fault: "leads to no private key in PEM form" };
  }
  return ca.checkPrivateKey(key) ? key : { path, fault: "leads to another key than that of caContent" };
}

export function isFault(found: KeyObject | Fault): found is Fault {
  return "fault" in found;
}

function keyText({ verificationKeyFile, verificationKeyVariable }: KeySource, machine: Machine): string | Fault {
  if (verificationKeyFile === undefined) {
    const pem = verificationKeyVariable && machine.environment(verificationKeyVariable);
    // Where a variable has to be one line, line breaks are written as a backslash and an n.
    return pem
      ? pem.replaceAll("\\n", "\n")
      : { path: "verificationKeyVariable", fault: "names a variable of the environment that is not set" };
  }
  try {
    return machine.readFile(verificationKeyFile);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    return { path: "verificationKeyFile", fault: `names a file that cannot be read${code}` };
  }
}
