import { createPrivateKey, type KeyObject, webcrypto, X509Certificate } from "node:crypto";
import { expect } from "chai";
import { certificateIn } from "../../kinds/certificate";
import { isFault, type KeySource, readCaKey } from "../../provider/caKey";
import { verificationCertificate } from "../../provider/verificationCertificate";
import { createCa, privateKeyPem, type TestCa } from "../../tools/x509";

const code = "13274673-8f90-4630-bea1-9cccb25756ad2089";
const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
} as const;
const passphrase = "a passphrase that nobody may see";

describe("The private key of a CA", () => {
  const cas: Record<"ec" | "rsa", TestCa> = {} as never;
  let pairs: Record<"ec" | "rsa", KeyObject>;
  before(async () => {
    cas.ec = await createCa({ commonName: "ec" });
    const keys = await webcrypto.subtle.generateKey(rsa, true, ["sign", "verify"]);
    cas.rsa = await createCa({ commonName: "rsa", keys });
    pairs = {
      ec: createPrivateKey(await privateKeyPem(cas.ec.keys)),
      rsa: createPrivateKey(await privateKeyPem(cas.rsa.keys)),
    };
  });

  /** What is made of a key that a file, or a variable, holds. */
  function reading(text: string, source: KeySource, ca = cas.ec, variables: Record<string, string> = {}) {
    const machine = {
      readFile: (path: string) => (path === "ca.key" ? text : expect.fail(`no file ${path}`)),
      environment: (name: string) => ({ CA_KEY: text, ...variables })[name],
    };
    const certificate = certificateIn(ca.pem) ?? expect.fail("no certificate");
    return readCaKey(source, certificate, machine);
  }

  const pem = (type: "ec" | "rsa", form: "pkcs8" | "sec1" | "pkcs1", secret?: string) => {
    const cipher = secret === undefined ? {} : { cipher: "aes-256-cbc", passphrase: secret };
    // One object cannot be of all three types of options that Node knows.
    return pairs[type].export({ type: form, format: "pem", ...cipher } as never) as unknown as string;
  };

  for (const [type, form, secret] of [
    ["ec", "pkcs8", undefined],
    ["ec", "sec1", undefined],
    ["ec", "pkcs8", passphrase],
    ["ec", "sec1", passphrase],
    ["rsa", "pkcs8", undefined],
    ["rsa", "pkcs1", undefined],
    ["rsa", "pkcs8", passphrase],
    ["rsa", "pkcs1", passphrase],
  ] as const) {
    it(`is read, ${type} as ${form}${secret ? ", encrypted" : ""}, and signs for the code`, async () => {
      const source = { verificationKeyFile: "ca.key", ...(secret && { verificationPassphraseVariable: "PASS" }) };
      const key = reading(pem(type, form, secret), source, cas[type], { PASS: passphrase });
      if (isFault(key)) expect.fail(key.fault);

      const content = await verificationCertificate(cas[type].pem, code, key);
      const made = new X509Certificate(content);
      const ca = new X509Certificate(cas[type].pem);
      expect({ subject: made.subject, issuer: made.issuer }).to.deep.equal({
        subject: `CN=${code}`,
        issuer: ca.subject,
      });
      expect(made.verify(ca.publicKey)).to.equal(true);
      expect([made.validFrom, made.validTo]).to.deep.equal([ca.validFrom, ca.validTo]);
      expect(made.publicKey.equals(ca.publicKey)).to.equal(false);
    });
  }

  it("is read from a variable of one line", () => {
    const line = pem("ec", "pkcs8").replaceAll("\n", "\\n");
    expect(isFault(reading(line, { verificationKeyVariable: "CA_KEY" }))).to.equal(false);
  });

  for (const [title, text, source, expected] of [
    [
      "a file that is not there",
      () => "",
      { verificationKeyFile: "other.key" },
      { path: "verificationKeyFile", fault: "names a file that cannot be read" },
    ],
    [
      "a variable that is not set",
      () => "",
      { verificationKeyVariable: "NO_KEY" },
      { path: "verificationKeyVariable", fault: "names a variable of the environment that is not set" },
    ],
    [
      "a text that is no key",
      () => "secret but no key",
      { verificationKeyFile: "ca.key" },
      { path: "verificationKeyFile", fault: "leads to no private key in PEM form" },
    ],
    [
      "a certificate in place of a key",
      () => cas.ec.pem,
      { verificationKeyFile: "ca.key" },
      { path: "verificationKeyFile", fault: "leads to no private key in PEM form" },
    ],
    [
      "the key of another CA",
      () => pem("rsa", "pkcs8"),
      { verificationKeyFile: "ca.key" },
      { path: "verificationKeyFile", fault: "leads to another key than that of caContent" },
    ],
    [
      "an encrypted key without a passphrase",
      () => pem("ec", "pkcs8", passphrase),
      { verificationKeyFile: "ca.key" },
      {
        path: "verificationKeyFile",
        fault: "is encrypted: name the variable that holds its passphrase in verificationPassphraseVariable",
      },
    ],
    [
      "a wrong passphrase",
      () => pem("ec", "pkcs8", passphrase),
      { verificationKeyFile: "ca.key", verificationPassphraseVariable: "WRONG" },
      { path: "verificationPassphraseVariable", fault: "does not hold the passphrase that opens the key" },
    ],
    [
      "a wrong passphrase of a key in an old form",
      () => pem("rsa", "pkcs1", passphrase),
      { verificationKeyFile: "ca.key", verificationPassphraseVariable: "WRONG" },
      { path: "verificationPassphraseVariable", fault: "does not hold the passphrase that opens the key" },
    ],
    [
      "a passphrase that is not set",
      () => pem("ec", "pkcs8", passphrase),
      { verificationKeyFile: "ca.key", verificationPassphraseVariable: "NOT_SET" },
      { path: "verificationPassphraseVariable", fault: "names a variable of the environment that is not set" },
    ],
  ] as const) {
    it(`is a fault at its field, in words of our own: ${title}`, () => {
      expect(reading(text(), source, cas.ec, { WRONG: "wrong" })).to.deep.equal(expected);
    });
  }
});
