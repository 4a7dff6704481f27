import { customClientIdFault, signModes, usernameFault } from "./customAuth";
import { choice, map, text } from "./fields";
import { ifExistsChoices } from "./ifExists";
import { instanceId } from "./instanceId";
import { outline } from "./outline";

const inputs = {
  /**
   * Instance that the identity belongs to, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`, else
   * `apsaramq:instanceId`. A change replaces the resource.
   */
  instanceId,
  /** Username of the login, at most 64 characters. Never secret: it stands in the id. A change replaces the resource. */
  username: text({ required: true, replaces: true, fault: usernameFault }),
  /**
   * The one client id that may log in so, at most 64 characters; the vendor advises `<GroupId>@@@<DeviceId>`. Default:
   * every client id, the identity is that of the username alone. A change replaces the resource.
   */
  clientId: text({
    replaces: true,
    default: "every client id, the identity is that of the username alone",
    fault: customClientIdFault,
  }),
  /**
   * What clients send as their password. `"SIGNED"`: base64 of HMAC-SHA1 over the client id, keyed with the secret.
   * `"ORIGIN"`: the secret itself. A change turns away every login of the other form.
   */
  signMode: choice(signModes, { required: true }),
  /**
   * The secret to hold. Taking it away later leaves the last one. Secret: encrypted in state, hidden in displays.
   * Default: generated, 24 random bytes in base64url.
   */
  secret: text({
    secret: true,
    default: "generated, 24 random bytes in base64url",
    fault: (value) => (value === "" ? "must not be empty" : undefined),
  }),
  /**
   * Map of texts. A trigger that is added or changed generates a new secret in place; one that is taken away does
   * nothing. Not to be given together with `secret`. Default: none.
   */
  rotationTriggers: map(text(), { default: "none" }),
  /**
   * What to do when the identity exists. What happens to one that is added again is not documented; it would turn
   * away the clients that hold the old secret, so create looks first. `"fail"`: an error that names the ways out.
   * `"adopt"`: takes it over with its secret; another `secret` or `signMode` than declared is an error. `"rotate"`:
   * takes it over with the secret declared, or a new one. Default: `apsaramq:ifExists`, else `"fail"`.
   */
  ifExists: choice(ifExistsChoices, { onlyAt: "create", default: '`apsaramq:ifExists`, else `"fail"`' }),
};

const outputs = {
  /** The secret that holds, given or generated. Secret: encrypted in state, hidden in displays. */
  activeSecret: text({ required: true, secret: true }),
  /** Twelve hexadecimal digits of the secret's SHA-256, so that a rotation can be seen without the secret. */
  secretFingerprint: text({ required: true }),
  /**
   * Password of the MQTT login. Left out where each client id has one of its own: with `"SIGNED"` and without
   * `clientId`. Secret: encrypted in state, hidden in displays.
   */
  mqttPassword: text({ secret: true }),
};

export const customAuthIdentity = outline({
  name: "CustomAuthIdentity",
  inputs,
  outputs,
  key: ["instanceId", "username", "clientId"],
  faults: ({ secret, rotationTriggers }) =>
    secret !== undefined && rotationTriggers !== undefined
      ? [{ path: "rotationTriggers", fault: "must not be given together with secret: change the secret itself" }]
      : [],
  actions: ["QueryCustomAuthIdentity", "AddCustomAuthIdentity", "UpdateCustomAuthIdentity", "DeleteCustomAuthIdentity"],
  reads: ["QueryCustomAuthIdentity"],
  errors: {
    InvalidInput: "In preview: `secret` together with `rotationTriggers`.",
    Conflict:
      'Create: the identity exists and `ifExists` is `"fail"`, or is `"adopt"` and the identity has another `secret` or `signMode` than declared.',
  },
});
