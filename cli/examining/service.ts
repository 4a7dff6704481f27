import { kindOf } from "../../provider/errors";
import { machineLimiters } from "../../provider/limiters";
import { actions } from "../../provider/service/actions";
import { serviceClient } from "../../provider/service/client";
import { proxyVariables } from "../../provider/service/connections";
import { NoKeysError, OperatorKeys } from "../../provider/service/operatorKeys";
import { reach } from "../../provider/service/reach";
import { isSettings, readSettings, type Settings, settingSources } from "../../provider/settings";
import { blockedUntil, folderFaults, limiterFault } from "../../provider/thisMachine";
import { ramAction } from "../granting/policy";
import type { Configuration } from "./configuration";
import { readingRights } from "./looks";
import { type Examination, failed, notLookedAt, ok, type Seen, warning } from "./report";

const minuteMs = 60_000;

/** Looks at what is configured, then whether the service answers to it. */
export async function examineService(examination: Examination, configuration: Configuration): Promise<void> {
  const settings = await examination.look("configuration", configuration, configured);
  await examineMachine(examination, configuration, settings);
  const keys = await examination.look("keys", settings, (read) => operatorKeys(read, configuration));
  const reached = await examination.look("endpoint", settings, async (read) => {
    const found = await reach(read.endpoint, read.requestTimeoutMs);
    const proxy = proxyVariables(read.endpoint);
    return ok(`${read.endpoint.origin} answers${proxy ? ` through the proxy in ${proxy.variable}` : ""}`, found);
  });
  const isOnTime = await examination.look("clock", reached, ({ aheadMs }) => clock(aheadMs));
  const ready = settings && keys && isOnTime ? { settings } : undefined;
  await examineInstance(examination, configuration, ready);
}

function configured({ config, environment, whereIs }: Configuration): Seen<Settings> {
  const settings = readSettings(config, environment);
  if (!isSettings(settings)) {
    return failed(settings.join("; "));
  }
  const { region } = settingSources(config, environment);
  const instance = config("apsaramq:instanceId");
  const parts = [
    region && `region ${settings.regionId} from ${whereIs(region)}`,
    config("apsaramq:endpoint") && `endpoint ${settings.endpoint.origin} from ${whereIs("apsaramq:endpoint")}`,
    instance && `instance ${instance} from ${whereIs("apsaramq:instanceId")}`,
  ];
  return ok(parts.filter(Boolean).join(", "), settings);
}

async function operatorKeys(settings: Settings, configuration: Configuration): Promise<Seen<true>> {
  const { config, environment, encrypted, whereIs } = configuration;
  const own = encrypted.filter((key) => /(accessKey|secretKey|accessKeySecret|securityToken)$/i.test(key));
  const unread =
    own.length > 0
      ? `${own.join(", ")} of the stack ${own.length > 1 ? "are" : "is"} encrypted and not read: to look by these keys, give them as ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY. `
      : "";
  const keys = new OperatorKeys(settings.keys, () => performance.now());
  try {
    const { accessKeyId, securityToken } = await keys.current();
    const { keys: name } = settingSources(config, environment);
    const source = name ? whereIs(name) : `the chain of Alibaba Cloud's SDKs (${keys.sourceName})`;
    const text = `${masked(accessKeyId)}${securityToken ? " with a security token" : ""}, from ${source}`;
    return unread ? warning(`${unread}What follows is by ${text}`, true) : ok(text, true);
  } catch (error) {
    if (!(error instanceof NoKeysError)) {
      throw error;
    }
    return unread
      ? notLookedAt(unread.trim())
      : failed(
          `${error.message}. Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or one of the others that docs/reference/Provider.md names`,
        );
  }
}

/** Enough of an access key's id to know it again. */
function masked(id: string): string {
  return id.length < 12 ? `${id.slice(0, 2)}...` : `${id.slice(0, 4)}...${id.slice(-4)}`;
}

function clock(aheadMs: number | undefined): Seen<true> {
  if (aheadMs === undefined) {
    return warning("the endpoint does not say what time it is", true);
  }
  const off = Math.round(Math.abs(aheadMs) / 1_000);
  const text = `this machine's clock is ${off} s ${aheadMs > 0 ? "behind" : "ahead of"} the service's`;
  const advice = "Set it, by NTP for example: signatures hold for 15 minutes";
  if (off * 1_000 >= 15 * minuteMs) {
    return failed(`${text}. ${advice}`);
  }
  return off * 1_000 > minuteMs ? warning(`${text}. ${advice}`, true) : ok(off > 2 ? text : "right", true);
}

async function examineInstance(
  examination: Examination,
  { config }: Configuration,
  ready: { readonly settings: Settings } | undefined,
): Promise<void> {
  const id = config("apsaramq:instanceId");
  const client =
    ready &&
    serviceClient(ready.settings, {
      progress: () => {},
      limiters: machineLimiters(ready.settings, { warn: () => {} }),
      signal: new AbortController().signal,
    });
  try {
    const instance = await examination.look("instance", client, async (service) => {
      if (id === undefined) {
        return notLookedAt("none is named: set apsaramq:instanceId, or give --instance");
      }
      const { items } = await service.call(actions.listGroups, { instanceId: id }, `instance ${id}`, { once: true });
      return ok(`${id} is there, groups: ${items.length} (ListGroupId, billed as one message)`, {
        service,
        id,
        groupId: items[0]?.groupId,
      });
    });
    await examination.look("certificates", instance, async ({ service, id }) => {
      try {
        const request = { instanceId: id, pageNo: 1, pageSize: 1 };
        await service.call(actions.listCas, request, `instance ${id}`, { once: true });
        return ok("the instance takes them", true);
      } catch (error) {
        if (kindOf(error) === "Unauthorized") {
          return warning(`not known, as ${ramAction("ListCaCertificate")} is missing: grant it if you have any`, true);
        }
        if (kindOf(error) !== "Unsupported") {
          throw error;
        }
        return ok("this edition of the instance takes none: kinds of certificates fail on it", true);
      }
    });
    await examination.look("rights to read", instance, async ({ service, id, groupId }) => {
      const found = [...(await readingRights(service, id, groupId))];
      const of = (outcome: string) => found.filter(([, one]) => one === outcome).map(([name]) => name);
      const notes = [
        of("not offered").length > 0 && `this edition does not offer ${of("not offered").join(", ")}`,
        of("not told").length > 0 && `no answer tells of ${of("not told").join(", ")}`,
        groupId === undefined && "devices are not looked at, as there is no group",
      ].filter(Boolean);
      const missing = [...new Set(of("not allowed").map(ramAction))];
      if (missing.length > 0) {
        const text = `${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} missing, which matters to the kinds that need it: compare the operator's policy with what \`apsaramq-mqtt policy --role drift\` prints`;
        return warning([text, ...notes].join("; "), true);
      }
      return notes.length > 0 ? ok(notes.join("; "), true) : ok("all that were tried", true);
    });
    await examination.look("rights to write", instance, () =>
      notLookedAt(
        "only a write proves them: compare the operator's policy with what `apsaramq-mqtt policy` prints for your stack",
      ),
    );
  } finally {
    await client?.close();
  }
}

async function examineMachine(
  examination: Examination,
  { config, environment, encrypted, whereIs }: Configuration,
  settings: Settings | undefined,
): Promise<void> {
  await examination.look("folders", true, () => {
    const faults = folderFaults();
    return faults.length === 0
      ? ok("processes of this machine can meet, and leave notes", true)
      : warning(`they cannot ${faults.join("; nor ")}: see that this user can write there, and nobody else`, true);
  });
  await examination.look("address", settings, (read) => {
    const until = blockedUntil(read);
    return until === undefined
      ? ok("not known as blocked", true)
      : warning(
          `the service has blocked it, so requests wait until ${new Date(until).toISOString()}: lower apsaramq:maxRequestsPerSecond`,
          true,
        );
  });
  await examination.look("limiter", settings, async ({ limiterUrl, maxRequestsPerSecond }) => {
    if (limiterUrl === undefined) {
      return encrypted.includes("apsaramq:limiterUrl")
        ? notLookedAt("apsaramq:limiterUrl of the stack is encrypted: give it as APSARAMQ_LIMITER_URL to look at it")
        : ok(`${maxRequestsPerSecond || "no limit of"} requests a second, of this machine alone`, true);
    }
    const fault = await limiterFault(limiterUrl);
    const { limiterUrl: name = "" } = settingSources(config, environment);
    const redis = `Redis at ${limiterUrl.host}, from ${whereIs(name)},`;
    return fault === undefined
      ? ok(`${maxRequestsPerSecond} requests a second; ${redis} shares them with other machines`, true)
      : failed(
          `${redis} cannot be used (${fault}), so this machine sends a quarter of its limit: check apsaramq:limiterUrl and the way to it`,
        );
  });
}
