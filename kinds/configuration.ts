import { durationFault } from "./duration";
import { choice, flag, number, text } from "./fields";
import { ifExistsChoices } from "./ifExists";

/** How create makes sure that a device has no credential. */
export const createGuardChoices = ["get", "listing"] as const;
export type CreateGuard = (typeof createGuardChoices)[number];

/** What a stack configures as `apsaramq:<key>`, and an explicit Provider as an argument. */
export const configuration = {
  /**
   * Region of the instances, such as `cn-hangzhou`. Default: `alicloud:region`, then the variables `ALICLOUD_REGION`
   * and `ALIBABA_CLOUD_REGION_ID`.
   */
  region: text({ default: "`alicloud:region`, then the variables `ALICLOUD_REGION` and `ALIBABA_CLOUD_REGION_ID`" }),
  /**
   * Host or URL of the API. Plain http is accepted on loopback only, for the emulator. Default:
   * `onsmqtt.<region>.aliyuncs.com`.
   */
  endpoint: text({ default: "`onsmqtt.<region>.aliyuncs.com`" }),
  /** Instance of the resources that name none. Default: none. */
  instanceId: text({ default: "none" }),
  /**
   * The operator's access key id, given together with `accessKeySecret`. Default: `alicloud:accessKey`, then the
   * environment and the chain of Alibaba Cloud's SDKs.
   */
  accessKeyId: text({ default: "`alicloud:accessKey`, then the environment and the chain of Alibaba Cloud's SDKs" }),
  /**
   * The operator's access key secret, given together with `accessKeyId`. Default: `alicloud:secretKey`, else as for
   * `accessKeyId`. Secret: encrypted in state, hidden in displays.
   */
  accessKeySecret: text({ secret: true, default: "`alicloud:secretKey`, else as for `accessKeyId`" }),
  /**
   * Token of temporary credentials, given together with their key. Default: `alicloud:securityToken`, else as for
   * `accessKeyId`. Secret: encrypted in state, hidden in displays.
   */
  securityToken: text({ secret: true, default: "`alicloud:securityToken`, else as for `accessKeyId`" }),
  /**
   * Profile of the Alibaba Cloud CLI to take the operator's keys from; used when no access key is given. Default:
   * `alicloud:profile`, then the variable `ALICLOUD_PROFILE`.
   */
  profile: text({ default: "`alicloud:profile`, then the variable `ALICLOUD_PROFILE`" }),
  /**
   * What resources do that say nothing of an object which exists already: `fail`, `adopt` or `rotate`, which adopts
   * what has no secret to rotate. Default: `fail`.
   */
  ifExists: choice(ifExistsChoices, { default: "`fail`" }),
  /**
   * How create makes sure that a device has no credential: `get` looks at this very device right before and once more
   * after, `listing` trusts two equal walks of its group of the last seconds, which makes a mass creation one call a
   * device and leaves those seconds to somebody else. Default: `get`.
   */
  createGuard: choice(createGuardChoices, { default: "`get`" }),
  /**
   * `true`: a refresh looks for secrets that somebody else has issued, by one billed lookup for each device, and shows
   * them as drift. Meant for one command: `APSARAMQ_VERIFY_SECRETS=true pulumi refresh --preview-only --diff`. Default:
   * the variable `APSARAMQ_VERIFY_SECRETS`, else `false`.
   */
  verifySecrets: flag({ default: "the variable `APSARAMQ_VERIFY_SECRETS`, else `false`" }),
  /**
   * Requests a second over all actions and all provider processes of a machine, 1 to 300, of which 272 are sent at most;
   * 0 (no limit) on a loopback endpoint only. Default: 100.
   */
  maxRequestsPerSecond: number({ default: "100" }),
  /**
   * Redis by which machines share that limit, such as `rediss://user:password@redis.example.com:6380`. Needs the package
   * `@redis/client`. Default: the variable `APSARAMQ_LIMITER_URL`, else none. Secret: encrypted in state, hidden in
   * displays.
   */
  limiterUrl: text({ secret: true, default: "the variable `APSARAMQ_LIMITER_URL`, else none" }),
  /** Longest wait for one answer, such as `10s`; at most `10m`. Default: `10s`. */
  requestTimeout: text({
    default: "`10s`",
    fault: (value) => durationFault(value, { least: "1ms", most: "10m" }),
  }),
};

export type ConfigurationKey = keyof typeof configuration;
