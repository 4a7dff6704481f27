import * as pulumi from "@pulumi/pulumi";
import { asked, type FunctionOptions, inOneLine } from "./asked";

export interface RegistrationCodeArgs {
  /** Instance that the CA is to be registered with. Default: the provider's `instanceId`, else `apsaramq:instanceId`. */
  readonly instanceId?: pulumi.Input<string>;
}

/**
 * A code that the common name of a verification certificate has to be (inferred: the service documents no field), for
 * those who sign elsewhere. It holds for one registration. Calls the service whenever the program runs, in a preview
 * too; resources do not.
 *
 * ```ts
 * const code = mqtt.registrationCode();
 * const verificationContent = code.apply((text) => signInOurVault(text));
 * new mqtt.CaCertificate("line", { caName: "line", caContent, verificationContent });
 * ```
 *
 * @throws `InvalidInput` when no instance is named, here or in the configuration.
 * @throws What the service answers to `GetRegisterCode`, or why it could not be asked.
 */
export function registrationCode(
  args: RegistrationCodeArgs = {},
  options: FunctionOptions = {},
): pulumi.Output<string> {
  return asked(args, options, (provided, settings, known) => provided.registrationCode(settings, known));
}

export interface VerificationCertificateArgs {
  /** The CA's certificate in PEM form. */
  readonly caContent: pulumi.Input<string>;
  /** The code that the service has given. */
  readonly registrationCode: pulumi.Input<string>;
  /** File that holds the CA's private key in PEM form. Default: none, the key is in `verificationKeyVariable`. */
  readonly verificationKeyFile?: string;
  /** Variable of the environment that holds the CA's private key in PEM form. Default: none, the key is in `verificationKeyFile`. */
  readonly verificationKeyVariable?: string;
  /** Variable of the environment that holds the passphrase of an encrypted key. Default: none, the key is not encrypted. */
  readonly verificationPassphraseVariable?: string;
}

/**
 * The `verificationContent` of a CaCertificate: signs a registration code with the CA's key, where that is. The service is
 * not called; the key goes nowhere.
 *
 * ```ts
 * const verificationContent = mqtt.verificationCertificate({
 *   caContent, registrationCode: mqtt.registrationCode(), verificationKeyFile: "ca.key",
 * });
 * ```
 *
 * @throws `InvalidInput` when the certificate or the key cannot be read, or do not belong together.
 */
export function verificationCertificate({
  caContent,
  registrationCode: code,
  ...source
}: VerificationCertificateArgs): pulumi.Output<string> {
  return pulumi
    .all([caContent, code])
    .apply(([content, text]) => inOneLine((provided) => provided.signedVerification(content, text, source)));
}
