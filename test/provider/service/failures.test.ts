import { expect } from "chai";
import { Answer, MalformedAnswerError } from "../../../provider/service/answer";
import { ExchangeError } from "../../../provider/service/exchange";
import { type CallContext, callError, malformed, noKeys } from "../../../provider/service/failures";
import { type Outcome, outcomeOf } from "../../../provider/service/outcome";

const marker = "marker-of-a-secret";
const context: CallContext = {
  action: "RegisterDeviceCredential",
  object: "GID_a12@@@b on instance post-cn-1",
  endpoint: "https://onsmqtt.cn-hangzhou.aliyuncs.com",
  proxy: undefined,
  mutates: true,
};

/** What an answer comes to that is none of success. */
function failed(status: number, body: string | object): Exclude<Outcome, { is: "done" }> {
  const outcome = outcomeOf({ status, body: typeof body === "string" ? body : JSON.stringify(body) }, true);
  return outcome.is === "done" ? expect.fail("it is a success") : outcome;
}

const refusal = (code: string, status = 400) => failed(status, { RequestId: "020F", Code: code, Message: marker });
const broken = (reason: string, sent: boolean, givenUp = false): Outcome & { is: "broken" } => ({
  is: "broken",
  fault: new ExchangeError(reason, sent, givenUp),
});

describe("failures", () => {
  it("tell action, object, code, status, request id and advice", () => {
    expect(callError(refusal("DeviceCredentialNumExceed"), context).message).to.equal(
      "RegisterDeviceCredential for GID_a12@@@b on instance post-cn-1: DeviceCredentialNumExceed (HTTP 400, request 020F). " +
        "The instance holds as many credentials as it may: deregister unused ones or ask for a larger instance",
    );
  });

  it("carry kind and code for whoever has to decide", () => {
    const error = callError(refusal("DeviceCredentialNotFound"), context);
    expect(error).to.include({ kind: "NotFound", code: "DeviceCredentialNotFound", unclear: undefined });
  });

  it("take a code for an error whatever the status", () => {
    expect(callError(refusal("SystemOverFlow", 200), context)).to.include({ kind: "Throttled", unclear: undefined });
    expect(callError(refusal("InternalError", 200), context)).to.include({ kind: "Transient", unclear: "lost" });
  });

  it("take a success that says false for one that proves nothing", () => {
    const error = callError(failed(200, { RequestId: "020F", Success: false }), context);
    expect(error).to.include({ kind: "Unexpected", unclear: "lost" });
  });

  for (const [what, status, body] of [
    ["an empty object", 200, {}],
    ["no request id", 200, { Data: 1 }],
    ["no body", 200, ""],
    ["JSON null", 200, "null"],
    ["a list", 200, "[]"],
    ["HTML", 200, `<html>${marker}</html>`],
    ["a redirect", 301, ""],
    ["a redirect with a request id", 302, { RequestId: "020F" }],
  ] as const) {
    it(`take no write for done by ${what} at ${status}`, () => {
      const error = callError(failed(status, body), context);
      expect(error).to.include({ kind: "Transient", unclear: "lost" });
      expect(error.message).to.contain(
        `HTTP ${status} from https://onsmqtt.cn-hangzhou.aliyuncs.com, no answer of the service`,
      );
    });
  }

  it("read the code of a gateway that answers in XML", () => {
    const xml = `<?xml version="1.0"?><Error><Code>Forbidden.RAM</Code><RequestId>020F</RequestId></Error>`;
    expect(callError(failed(403, xml), context)).to.include({ kind: "Unauthorized", code: "Forbidden.RAM" });
  });

  it("know that a gateway which timed out may pass the request on", () => {
    expect(callError(failed(504, "<html>"), context)).to.include({ unclear: "late" });
  });

  it("never take a failed read for possibly done", () => {
    const reading = { ...context, mutates: false };
    for (const outcome of [refusal("InternalError"), failed(200, {}), broken("ECONNRESET", true)]) {
      expect(callError(outcome, reading).unclear).to.equal(undefined);
    }
  });

  it("tell what was certainly not sent from what was lost and from what may still arrive", () => {
    const endpoint = "https://onsmqtt.cn-hangzhou.aliyuncs.com";
    const [unsent, lost, late] = [
      callError(broken("ECONNREFUSED", false), context),
      callError(broken("ECONNRESET", true), context),
      callError(broken("timeout", true, true), context),
    ];
    expect(unsent).to.include({ kind: "Transient", unclear: undefined });
    expect(unsent.message).to.contain(`cannot reach ${endpoint} (ECONNREFUSED)`);
    expect(lost).to.include({ kind: "Transient", unclear: "lost" });
    expect(lost.message).to.contain(`no usable answer from ${endpoint} (ECONNRESET)`);
    expect(late).to.include({ kind: "Transient", unclear: "late" });
  });

  it("name the path of an answer that could not be read", () => {
    const error = malformed(unreadable(), context);
    expect(error).to.include({ kind: "Unexpected", unclear: "lost" });
    expect(error.message).to.contain("(answer.DeviceCredential.CreateTime is not a whole number)");
  });

  it("print codes and ids of the service clean and short", () => {
    const code = `Evil\u001b[2J\n${"x".repeat(5_000)}`;
    const { message } = callError(failed(400, { Code: code, RequestId: "a\nb" }), context);
    expect(message).to.match(/Evil\?\[2J\?x+\.\.\. \(HTTP 400, request a\?b\)/);
    expect(message.length).to.be.below(400);
  });

  it("tell why there are no keys with what to do about it", () => {
    const { problem, advice } = noKeys(context, "There are none");
    expect(problem).to.equal("no operator credentials");
    expect(advice).to.match(/^There are none\. Set ALIBABA_CLOUD_ACCESS_KEY_ID/);
  });

  it("name the variables of a proxy that may be the cause", () => {
    const error = callError(broken("ECONNREFUSED", false), {
      ...context,
      proxy: { variable: "HTTPS_PROXY", exceptions: undefined },
    });
    expect(error.message).to.contain("the proxy in HTTPS_PROXY");
  });

  for (const [what, outcome] of [
    ["a refusal", refusal("SignatureDoesNotMatch")],
    ["an unknown code", refusal("NeverHeardOf")],
    ["a page of HTML", failed(502, `<html>${marker}`)],
  ] as const) {
    it(`never quote ${what}`, () => {
      const error = callError(outcome, context);
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.to.contain(marker);
    });
  }
});

function unreadable(): MalformedAnswerError {
  try {
    new Answer({ Secret: marker }).get("DeviceCredential").get("CreateTime").time();
  } catch (error) {
    if (error instanceof MalformedAnswerError) return error;
  }
  return expect.fail("it could be read");
}
