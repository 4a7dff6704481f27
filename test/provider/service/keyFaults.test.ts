import type { RequestListener } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import { isProviderError } from "../../../provider/errors";
import { actions } from "../../../provider/service/actions";
import { OperatorMachine } from "./operatorMachine";
import { clientOf, startTinyService, type TinyService } from "./tinyService";

const marker = "planted-marker";
const pair = { access_key_id: `${marker}-id`, access_key_secret: `${marker}-secret` };
const whole = JSON.stringify({ current: "mine", profiles: [{ name: "mine", mode: "AK", ...pair }] });
const iniPair = [`access_key_id=${marker}-id`, `access_key_secret=${marker}-secret`];
const sso = {
  name: "mine",
  mode: "CloudSSO",
  access_token: marker,
  cloud_sso_sign_in_url: "https://signin.example",
  cloud_sso_account_id: "1",
  cloud_sso_access_config: "ac-1",
};
const inOneHour = () => Math.floor(Date.now() / 1000) + 3_600;
const anHourAgo = () => Math.floor(Date.now() / 1000) - 3_600;

describe("What is said when no operator's keys can be had", () => {
  let machine: OperatorMachine;
  let cliFile: string;
  let iniFile: string;
  const services: TinyService[] = [];

  beforeEach(() => {
    machine = new OperatorMachine();
    cliFile = join(machine.home, ".aliyun", "config.json");
    iniFile = join(machine.home, ".alibabacloud", "credentials");
  });

  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.close()));
    machine.leave();
  });

  /** The sentence between what was called and the advice. */
  async function problem(profile = ""): Promise<string> {
    const keys = { "apsaramq:accessKeyId": "", "apsaramq:accessKeySecret": "", "apsaramq:profile": profile };
    const client = clientOf("http://127.0.0.1:9", keys);
    const error = await client.call(actions.listGroups, { instanceId: "post-cn-1" }, "an instance").then(
      () => expect.fail("there were keys"),
      (reason: unknown) => reason,
    );
    await client.close();
    if (!isProviderError(error)) throw error;
    expect(error).to.include({ kind: "Unauthorized", unclear: undefined });
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.to.contain(marker);
    const [, sentence] =
      /^ListGroupId for an instance: no operator credentials\. (.*)\. Set ALIBABA_CLOUD_ACCESS_KEY_ID and/.exec(
        error.message,
      ) ?? [];
    return sentence ?? expect.fail(error.message);
  }

  const nowhere = "There are none in the configuration, the environment, or the chain of Alibaba Cloud's SDKs";
  const noProfile = 'There are none of the profile "mine"';

  async function standIn(answer: RequestListener): Promise<string> {
    const service = await startTinyService(answer);
    services.push(service);
    return service.endpoint;
  }

  function setVariables(variables: Readonly<Record<string, string>>): void {
    Object.assign(process.env, variables);
  }

  it("is where they were looked for, when there is nothing anywhere", async () => {
    expect(await problem()).to.equal(nowhere);
  });

  describe("of variables", () => {
    it("is the one that is missing of a pair", async () => {
      setVariables({ ALIBABA_CLOUD_ACCESS_KEY_ID: marker });
      expect(await problem()).to.equal(`${nowhere}: the variable ALIBABA_CLOUD_ACCESS_KEY_SECRET is missing`);
    });

    it("is each that is missing for an OIDC role", async () => {
      setVariables({ ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/mine" });
      expect(await problem()).to.equal(
        `${nowhere}: the variable ALIBABA_CLOUD_OIDC_TOKEN_FILE is missing; the variable ALIBABA_CLOUD_OIDC_PROVIDER_ARN is missing`,
      );
    });

    it("is the OIDC token file that does not exist", async () => {
      const file = join(machine.home, "token");
      setVariables({
        ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/mine",
        ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/mine",
        ALIBABA_CLOUD_OIDC_TOKEN_FILE: file,
      });
      expect(await problem()).to.equal(`${nowhere}: the OIDC token file ${file} does not exist`);
    });
  });

  describe("of the CLI's file", () => {
    for (const [what, content, cause] of [
      ["is empty", "", "is empty"],
      ["holds blanks only", " \n", "is empty"],
      ["begins with a byte order mark", `\uFEFF${whole}`, "begins with a byte order mark, which the SDKs do not take"],
      ["breaks off", whole.slice(0, -10), "is not whole: it is no JSON text"],
      ["holds no object", "null", "is not whole: it is no JSON text"],
      ["has no profiles", '{"current":"mine"}', 'has no profile "mine"'],
      ["names a profile that it lacks", '{"current":"mine","profiles":[null]}', 'has no profile "mine"'],
      ["names none", '{"profiles":[]}', "names no current profile"],
    ] as const) {
      it(`is that it ${what}`, async () => {
        machine.write(".aliyun/config.json", content);
        expect(await problem()).to.equal(`${nowhere}: ${cliFile} ${cause}`);
      });
    }

    it("is that it cannot be read", async () => {
      machine.write(".aliyun/config.json/this-is-a-folder", "");
      expect(await problem()).to.equal(`${nowhere}: ${cliFile} cannot be read (EISDIR)`);
    });

    it("is that it does not exist, when a profile is configured", async () => {
      expect(await problem("mine")).to.equal(`${noProfile}: ${cliFile} does not exist`);
    });

    it("is that it lacks the profile of the configuration", async () => {
      machine.write(".aliyun/config.json", whole);
      expect(await problem("other")).to.equal(
        `There are none of the profile "other": ${cliFile} has no profile "other"`,
      );
    });

    it("is that it lacks the profile of the variable", async () => {
      machine.write(".aliyun/config.json", whole);
      setVariables({ ALIBABA_CLOUD_PROFILE: "other" });
      expect(await problem()).to.equal(`${nowhere}: ${cliFile} has no profile "other"`);
    });

    it("is that a variable shuts it out", async () => {
      machine.write(".aliyun/config.json", whole);
      setVariables({ ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "True" });
      expect(await problem("mine")).to.equal(`${noProfile}: the variable ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true`);
      expect(await problem()).to.equal(nowhere);
    });
  });

  describe("of a profile", () => {
    const profiles: Record<string, [profile: () => object, cause: string]> = {
      "lacks its secret": [
        () => ({ mode: "AK", access_key_id: marker }),
        'the profile "mine" has no access_key_secret',
      ],
      "lacks its token": [() => ({ mode: "StsToken", ...pair }), 'the profile "mine" has no sts_token'],
      "lacks its role": [() => ({ mode: "RamRoleArn", ...pair }), 'the profile "mine" has no ram_role_arn'],
      "has no mode": [() => ({ ...pair }), 'the profile "mine" has no mode'],
      "has a mode of another tool": [
        () => ({ mode: "RsaKeyPair", ...pair }),
        'the profile "mine" has the mode "RsaKeyPair", which the SDK does not know',
      ],
      "has a login of CloudSSO that has expired": [
        () => ({ ...sso, cloud_sso_access_token_expire: anHourAgo() }),
        'the login of the profile "mine" (CloudSSO) has expired',
      ],
      "lacks what a login of CloudSSO takes": [
        () => ({ ...sso, cloud_sso_access_token_expire: inOneHour(), cloud_sso_account_id: "" }),
        'the profile "mine" has no cloud_sso_account_id',
      ],
      "builds on one that does not exist": [
        () => ({ mode: "ChainableRamRoleArn", source_profile: "base", ram_role_arn: "acs:ram::1:role/a" }),
        '$FILE has no profile "base"',
      ],
      "names an OIDC token file that does not exist": [
        () => ({
          mode: "OIDC",
          oidc_token_file: "/no/such/token",
          oidc_provider_arn: "acs:ram::1:oidc-provider/a",
          ram_role_arn: "acs:ram::1:role/a",
        }),
        "the OIDC token file /no/such/token does not exist",
      ],
      "has a command that fails": [
        () => ({ mode: "External", process_command: `${process.execPath} -e throw-${marker}` }),
        'the command of the profile "mine" gave no credentials',
      ],
      "has no command": [() => ({ mode: "External" }), 'the profile "mine" has no process_command'],
    };

    for (const [what, [profile, cause]] of Object.entries(profiles)) {
      it(`is that it ${what}`, async () => {
        machine.writeCli("mine", { name: "mine", ...profile() });
        const expected = cause.replace("$FILE", cliFile);
        expect(await problem("mine")).to.equal(`${noProfile}: ${expected}`);
        expect(await problem()).to.equal(`${nowhere}: ${expected}`);
      });
    }
  });

  describe("of the SDKs' credentials file", () => {
    for (const [what, lines, cause] of [
      ["is empty", [""], "$FILE is empty"],
      [
        "begins with a byte order mark",
        ["\uFEFF[default]", "type=access_key", ...iniPair],
        "$FILE begins with a byte order mark, which the SDKs do not take",
      ],
      ["has no such profile", ["[Default]", "type=access_key", ...iniPair], '$FILE has no profile "default"'],
      [
        "has blanks around the header",
        [" [default] ", "type=access_key", ...iniPair],
        '$FILE has no profile "default"',
      ],
      ["has no type", ["[default]", ...iniPair], 'the profile "default" of $FILE has no type'],
      [
        "has a type that is unknown",
        ["[default]", "type = sts", ...iniPair],
        'the profile "default" of $FILE has the type "sts", which the SDK does not know',
      ],
      [
        "lacks its secret",
        ["[default]", "type = access_key", `access_key_id = ${marker}`, "[other]", `access_key_secret = ${marker}`],
        'the profile "default" of $FILE has no access_key_secret',
      ],
      [
        "lacks its role",
        ["[default]", "type = ram_role_arn", ...iniPair],
        'the profile "default" of $FILE has no role_arn',
      ],
    ] as const) {
      it(`is that it ${what}`, async () => {
        machine.writeIni(...lines);
        expect(await problem()).to.equal(`${nowhere}: ${cause.replace("$FILE", iniFile)}`);
      });
    }

    it("is that the one which a variable names does not exist", async () => {
      setVariables({ ALIBABA_CLOUD_CREDENTIALS_FILE: "/no/such/file" });
      expect(await problem()).to.equal(`${nowhere}: /no/such/file does not exist`);
    });

    it("is that it lacks the profile of the variable", async () => {
      machine.writeIni("[default]", "type=access_key", ...iniPair);
      setVariables({ ALIBABA_CLOUD_PROFILE: "other" });
      expect(await problem()).to.equal(`${nowhere}: ${iniFile} has no profile "other"`);
    });
  });

  describe("of what is asked over the network", () => {
    for (const [what, answer, cause] of [
      [
        "a refusal",
        (_request, response) => response.writeHead(403).end(`{"Code":"NoPermission","Message":"${marker}"}`),
        "HTTP 403 NoPermission",
      ],
      ["a page of HTML", (_request, response) => response.writeHead(502).end(`<html>${marker}`), "HTTP 502"],
      [
        "an answer without credentials",
        (_request, response) => response.end(`{"AccessKeyId":"${marker}"}`),
        "HTTP 200",
      ],
      ["a broken connection", (_request, response) => response.destroy(), "UND_ERR_SOCKET"],
    ] as const satisfies readonly (readonly [string, RequestListener, string])[]) {
      it(`is the host of the credentials URI and ${what}`, async () => {
        const endpoint = await standIn(answer);
        setVariables({ ALIBABA_CLOUD_CREDENTIALS_URI: `${endpoint}/${marker}` });
        expect(await problem()).to.equal(`${nowhere}: ${new URL(endpoint).host} gave no credentials (${cause})`);
      });
    }

    it("is the host of the credentials URI where nothing listens", async () => {
      const endpoint = await standIn(() => {});
      await services.pop()?.close();
      setVariables({ ALIBABA_CLOUD_CREDENTIALS_URI: endpoint });
      expect(await problem()).to.equal(`${nowhere}: ${new URL(endpoint).host} gave no credentials (ECONNREFUSED)`);
    });

    it("is the metadata server of a machine without a role, once", async () => {
      machine.attachMetadataServer(await standIn((_request, response) => response.writeHead(404).end()));
      expect(await problem()).to.equal(`${nowhere}: 100.100.100.200 gave no credentials (HTTP 404)`);
    });

    it("is every cause, when there are several", async () => {
      machine.write(".aliyun/config.json", "");
      machine.writeIni("[other]");
      const endpoint = await standIn((_request, response) => response.writeHead(500).end());
      setVariables({ ALIBABA_CLOUD_ACCESS_KEY_SECRET: marker, ALIBABA_CLOUD_CREDENTIALS_URI: endpoint });
      expect(await problem()).to.equal(
        `${nowhere}: the variable ALIBABA_CLOUD_ACCESS_KEY_ID is missing; ${cliFile} is empty; ` +
          `${iniFile} has no profile "default"; ${new URL(endpoint).host} gave no credentials (HTTP 500)`,
      );
    });
  });
});
