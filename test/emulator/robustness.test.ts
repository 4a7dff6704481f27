import { connect } from "node:net";
import { expect } from "chai";
import { send } from "../../tools/emulator/rawRequests";
import { EmulatorFixture } from "./harness";

describe("robustness", () => {
  // Before the fixture, whose own hook closes the emulator.
  afterEach(async () => {
    const health = await send(fixture.emulator.endpoint, { path: "/_emulator/health" });
    expect(health.status, "healthy after the test").to.equal(200);
  });

  const fixture = new EmulatorFixture({ quotas: false });

  /** Sends bytes as they are and resolves once the connection is closed. */
  const sendBytes = (bytes: string | Buffer) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(fixture.emulator.endpoint).port), "127.0.0.1", () => socket.end(bytes));
      socket.on("error", () => resolve());
      socket.on("close", () => resolve());
      socket.resume();
    });

  it("survives what is no HTTP", async () => {
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256));
    const requests = [
      noise,
      "\r\n\r\n",
      "GET",
      "GET / HTTP/9.9\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nshort",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    ];
    for (const request of requests) await sendBytes(request);
  });

  it("answers an error to odd requests", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const requests = [
      { path: "/?%" },
      { path: "/?Action=%ZZ&Version=%FF" },
      { path: "/?=&=&==" },
      { path: "/?__proto__=1&constructor=2&Action=toString&Version=2020-04-20" },
      { path: "//evil.example/?Action=ListInstances" },
      { method: "OPTIONS" },
      { method: "PATCH", headers: form, body: "Action=ListInstances" },
      { method: "PROPFIND" },
      { method: "POST", headers: form, body: "%%%&&&===" },
      { method: "POST", headers: form, body: "\u0000\uffff" },
      { headers: { authorization: "ACS3-HMAC-SHA256 Credential=,SignedHeaders=,Signature=" } },
    ];
    for (const request of requests) {
      const { status, body } = await send(fixture.emulator.endpoint, request);
      expect(status).to.be.within(400, 404);
      expect(JSON.parse(body)).to.have.property("Code").that.is.not.equal("InternalError");
    }
  });

  it("refuses bodies over one mebibyte", async () => {
    const body = "x".repeat(1024 * 1024 + 1);
    const { status, body: answer } = await send(fixture.emulator.endpoint, { method: "POST", body });
    expect(status).to.equal(413);
    expect(JSON.parse(answer)).to.include({ Code: "RequestEntityTooLarge" });
  });

  it("refuses control bodies that are no JSON", async () => {
    for (const body of ["", "{", "null", "[]", "1e999"]) {
      const answer = await send(fixture.emulator.endpoint, { method: "PUT", path: "/_emulator/clock", body });
      expect(answer.status).to.equal(400);
    }
  });

  it("keeps its journal bounded in what a request can put there", async () => {
    await send(fixture.emulator.endpoint, { path: `/?Action=${"x".repeat(10_000)}&Version=2020-04-20` });
    expect(fixture.emulator.journal()[0]?.action).to.have.lengthOf(128);
  });
});

describe("a mistake of the emulator itself", () => {
  const mistake = new Error("the dice are gone");
  const fixture = new EmulatorFixture({
    random: () => {
      throw mistake;
    },
  });
  const { error } = console;

  afterEach(() => {
    console.error = error;
  });

  it("is answered as InternalError, with its details on stderr only", async () => {
    const printed: unknown[] = [];
    console.error = (...values) => printed.push(...values);
    fixture.emulator.faults.add({ action: "ListInstances", code: "SystemOverFlow" });
    expect(await fixture.client.refusal("ListInstances")).to.deep.equal({
      status: 417,
      code: "InternalError",
      message: "An error occurred while processing your request. Try again later.",
    });
    expect(printed).to.deep.equal([mistake]);
  });
});
