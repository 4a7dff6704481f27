import axe from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Seed } from "../../../emulator/index";
import { createCa } from "../../../tools/x509";
import { clientId, Devices, deviceLogin, instanceId, seed as oneDevice } from "../broker/devices";
import { describeInBrowser } from "./browser";
import { samplePlant, sampleTime } from "./sample";

const expiringId = "GID_gateways@@@hall-b";

function deviceRow(page: Page, id: string) {
  return page.locator("#devices tr").filter({ has: page.locator("th", { hasText: id }) });
}

describeInBrowser("The page", (browser) => {
  const devices = new Devices();

  it("shows a device coming online when it logs in, and going offline when it leaves", async () => {
    const page = await browser.open({ seed: oneDevice });
    const row = deviceRow(page, clientId);
    await row.getByText("Offline").waitFor();
    const device = await devices.connect(browser.emulator.mqtt, deviceLogin());
    await row.getByText("Online").waitFor();
    await page.locator("#figure-online", { hasText: "1" }).waitFor();
    await device.endAsync();
    await row.getByText("Offline").waitFor();
  });

  it("sets a fault, which the next call of the API meets, and shows the call in the journal", async () => {
    const page = await browser.open();
    await page.getByText("New fault").click();
    await page.getByLabel("When this is called").selectOption("CreateGroupId");
    await page.getByLabel("Code").selectOption("SystemOverFlow");
    await page.getByRole("button", { name: "Add fault" }).click();
    await page.locator("#faults", { hasText: "CreateGroupId" }).getByText("SystemOverFlow, once").waitFor();
    const group = { InstanceId: browser.emulator.instanceIds[0] ?? "", GroupId: "GID_sensors" };
    expect(await browser.client.refusal("CreateGroupId", group)).to.have.property("code", "SystemOverFlow");
    await page.locator("#journal tr", { hasText: "CreateGroupId" }).getByText("SystemOverFlow").waitFor();
    await page.getByText("None: every call is answered").waitFor();
  });

  it("offers the refusals of logins for a fault of logins, and tells what the emulator does not take", async () => {
    const page = await browser.open();
    await page.getByText("New fault").click();
    await page.getByLabel("When this is called").selectOption("mqtt:connect");
    await page.getByLabel("Code").selectOption("server unavailable");
    await page.getByLabel("Times").fill("");
    await page.getByRole("button", { name: "Add fault" }).click();
    await page.getByText("server unavailable, always").waitFor();
    expect(browser.emulator.faults.list()).to.have.nested.property("[0].times", null);
    await page.getByLabel("this happens").selectOption("delay");
    await page.getByRole("button", { name: "Add fault" }).click();
    await page.locator("#fault-form .problem").getByText("needs a code, an answer, an effect or a delay").waitFor();
    await page.getByRole("button", { name: "Remove all" }).click();
    await page.getByText("None: every call is answered").waitFor();
  });

  it("shows a certificate expiring when the clock is set", async () => {
    const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
    const row = deviceRow(page, expiringId);
    await row.getByText("Expires soon").waitFor();
    await row.getByText("11 days left").waitFor();
    await page.getByLabel("Set to, UTC").fill("2026-03-20 12:00:00");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await row.getByText("Expired").waitFor();
    await row.getByText("6 days ago").waitFor();
    expect(browser.emulator.clock()).to.match(/^2026-03-20T12:00:/);
    await page.getByRole("button", { name: "Real time" }).click();
    await page.locator("#clock-ahead", { hasText: "real time" }).waitFor();
  });

  it("searches by how client id or device id begin, shows those online only, and the devices of a group", async () => {
    const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
    const rows = page.locator("#devices tr");
    await page.getByLabel("Client id or device id begins with").fill("line-2");
    await rows.nth(2).waitFor({ state: "detached" });
    expect(await rows.locator("th").allTextContents()).to.deep.equal([
      "GID_sensors@@@line-2-temp",
      "GID_sensors@@@line-2-vibration",
    ]);
    await page.getByRole("button", { name: "Show the devices of GID_gateways" }).click();
    await deviceRow(page, "GID_gateways@@@yard").waitFor();
    await page.getByLabel("Online only").check();
    await deviceRow(page, "GID_gateways@@@yard").waitFor({ state: "detached" });
    expect(await rows.locator("th").allTextContents()).to.deep.equal([
      "GID_gateways@@@hall-a",
      "GID_gateways@@@hall-b",
    ]);
    await page.getByLabel("Client id or device id begins with").fill("nobody");
    await page.getByText("No device is like that").waitFor();
  });

  it("filters the journal by action", async () => {
    const page = await browser.open();
    await browser.client.call("ListInstances");
    await browser.client.call("ListGroupId", { InstanceId: browser.emulator.instanceIds[0] ?? "" });
    await page.locator("#journal tr").nth(1).waitFor();
    await page.getByLabel("Show in the journal").selectOption("ListInstances");
    await page.locator("#journal tr").nth(1).waitFor({ state: "detached" });
    expect(await page.locator("#journal th").allTextContents()).to.deep.equal(["ListInstances"]);
  });

  it("shows what happens to devices as it happens, and why", async () => {
    const page = await browser.open({ seed: oneDevice });
    const told = (kind: string, about: string) =>
      page
        .locator("#journal tr", { hasText: about })
        .filter({ hasText: clientId })
        .getByText(kind, { exact: true })
        .waitFor();
    await devices.refusal(browser.emulator.mqtt, { ...deviceLogin(), password: "wrong" });
    await told("refusal", "the password is not base64(HMAC-SHA1(");
    const leaving = await devices.connect(browser.emulator.mqtt, deviceLogin());
    await told("login", "mqtt:connect");
    await leaving.endAsync();
    await told("departure", "the client disconnected");
    const denied = await devices.connect(browser.emulator.mqtt, deviceLogin());
    denied.subscribe("nowhere/x");
    await told("denied", "there is no parent topic nowhere");
    await told("cut", "mqtt:disconnect");
    await page.getByLabel("Show in the journal").selectOption("mqtt:subscribe");
    await page.locator("#journal tr").nth(1).waitFor({ state: "detached" });
    expect(await page.locator("#journal th").allTextContents()).to.deep.equal(["mqtt:subscribe"]);
  });

  it("takes one fault away and leaves the others, with the focus on the next one", async () => {
    const page = await browser.open();
    browser.emulator.faults.addAll(["first", "second", "third"].map((object) => ({ action: "*", delayMs: 1, object })));
    const objects = () => browser.emulator.faults.list().map(({ object }) => object);
    const focused = page.locator(":focus");
    await page.getByRole("button", { name: "only second" }).click();
    await page.getByText("only second").waitFor({ state: "detached" });
    expect(objects()).to.deep.equal(["first", "third"]);
    await page.locator('button:focus[aria-label*="third"]').waitFor();
    await page.keyboard.press("Enter");
    await page.locator('button:focus[aria-label*="first"]').waitFor();
    expect(objects()).to.deep.equal(["first"]);
    await page.keyboard.press("Enter");
    await page.getByText("None: every call is answered").waitFor();
    expect(await focused.getAttribute("id")).to.equal("faults-title");
  });

  it("tells that a fault has struck before it was taken away", async () => {
    const page = await browser.open();
    browser.emulator.faults.add({ id: "once", action: "*", delayMs: 1 });
    const remove = page.getByRole("button", { name: "Remove the fault" });
    await remove.waitFor();
    await page.route("**/_emulator/faults/once", async (route) => {
      browser.emulator.faults.remove("once");
      await route.continue();
    });
    await remove.click();
    await page.getByText("there is no fault once, or it has struck").waitFor();
  });

  it("makes a device with its group, which logs in as the page says", async () => {
    const page = await browser.open({ seed: { instances: [{ instanceId: "post-cn-another" }, { instanceId }] } });
    await page.locator("#instance").selectOption(instanceId);
    await page.getByLabel("New device").fill("GID_sensors@@@line-7");
    await page.getByRole("button", { name: "Add device" }).click();
    await page.getByText("GID_sensors@@@line-7 is there.").waitFor();
    expect(browser.emulator.state().instances?.map(({ credentials = [] }) => credentials.length)).to.deep.equal([0, 1]);
    await page.getByRole("button", { name: "Show the devices of GID_sensors" }).waitFor();
    await page.getByRole("button", { name: "Show login of GID_sensors@@@line-7" }).click();
    const told = async (label: string) =>
      (await page.locator("#secret-parts > div", { hasText: label }).locator("code").textContent()) ?? "";
    const url = `mqtt://${await told("Host")}:${await told("Port")}`;
    const [username, password] = [await told("MQTT user name"), await told("MQTT password")];
    await devices.connect(url, { clientId: await told("MQTT client id"), username, password });
    expect(await told("Command line"))
      .to.match(/^mosquitto_pub -h 127\.0\.0\.1 -p \d+ /)
      .and.contain(password);
  });

  it("makes a group, and says beside the field what is no group or no device", async () => {
    const page = await browser.open();
    for (const [what, wrong, reason, right] of [
      ["group", "sensors", "is not a group id: GID_ or GID-", "GID_sensors"],
      ["device", "line-1", "is not a client id: <GroupId>@@@<DeviceId>", "GID_sensors@@@line-1"],
    ] as const) {
      const name = page.getByLabel(`New ${what}`);
      await name.fill(wrong);
      await page.keyboard.press("Enter");
      await page.locator(`#add-${what} .problem`, { hasText: reason }).waitFor();
      await page.locator(`#add-${what}-name:focus[aria-invalid="true"]`).waitFor();
      await name.fill(right);
      await page.keyboard.press("Enter");
      await page.getByText(`${right} is there.`).waitFor();
      expect(await page.locator(`#add-${what} .problem`).isVisible()).to.equal(false);
      expect(await name.getAttribute("aria-invalid")).to.equal("false");
    }
    const [{ groups, credentials } = {}] = browser.emulator.state().instances ?? [];
    expect([groups?.length, credentials?.length]).to.deep.equal([1, 1]);
  });

  it("shows where devices connect, to be copied", async () => {
    const page = await browser.open({ seed: oneDevice });
    const { mqtt, mqtts, ws, caFile } = browser.emulator;
    expect(await page.locator("#addresses code").allTextContents()).to.deep.equal([mqtt, mqtts, ws, caFile]);
    await page.getByRole("button", { name: "Copy MQTT, TLS" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate<string>("navigator.clipboard.readText()")).to.equal(mqtts);
  });

  it("counts refused logins at a glance, and leads to why each was refused", async () => {
    const page = await browser.open({ seed: oneDevice });
    await browser.client.call("ListInstances");
    await devices.refusal(browser.emulator.mqtt, { ...deviceLogin(), password: "wrong" });
    await devices.refusal(browser.emulator.mqtt, { ...deviceLogin(), password: "wrong" });
    const why = "the password is not base64(HMAC-SHA1(";
    await deviceRow(page, clientId).getByText("2 refused").waitFor();
    expect(await deviceRow(page, clientId).getByText("2 refused").getAttribute("aria-label")).to.contain(why);
    await page.getByRole("button", { name: "Show the 2 refused logins" }).click();
    await page.locator("#journal tr").nth(2).waitFor({ state: "detached" });
    expect(await page.locator(":focus").getAttribute("id")).to.equal("journal-title");
    const rows = await page.locator("#journal tr").allTextContents();
    expect(rows.map((row) => row.includes(clientId) && row.includes(why))).to.deep.equal([true, true]);
  });

  it("says what is no time", async () => {
    const page = await browser.open();
    await page.getByLabel("Set to, UTC").fill("tomorrow");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByText("This is no time: write it like 2026-").waitFor();
  });

  it("switches the quotas, and lifts the block of an address", async () => {
    // All calls fall into the same second, however long they take.
    const startedAt = Date.now();
    const page = await browser.open({ now: () => startedAt });
    await page.getByLabel("Refuse calls above them").uncheck();
    await page.getByText("Off: any number of calls is taken.").waitFor();
    expect(browser.emulator.quotas.report().enabled).to.equal(false);
    await page.getByLabel("Refuse calls above them").check();
    await Promise.all(Array.from({ length: 301 }, () => fetch(browser.emulator.endpoint)));
    await page.getByText("blocked until").waitFor();
    await page.getByRole("button", { name: "Lift all blocks" }).click();
    await page.getByText("blocked until").waitFor({ state: "detached" });
    expect(browser.emulator.quotas.report().addresses).to.deep.equal([]);
  });

  it("shows the CAs, and the device certificates of one of them", async () => {
    const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
    await page.getByRole("button", { name: "device certificates of Partner CA" }).click();
    await page.getByText("Device certificates of Partner CA").waitFor();
    expect(await page.locator("#certificates th").allTextContents()).to.deep.equal(["crane-remote"]);
    await page.getByRole("button", { name: "Show those of all CAs" }).click();
    await page.locator("#certificates tr").nth(5).waitFor();
  });

  it("tells an empty emulator how to be filled", async () => {
    const page = await browser.open();
    await page.getByText("No devices yet.").waitFor();
    await page.getByRole("button", { name: "Copy with secret" }).click();
    await page.getByText("Copied").waitFor();
    const commands = await page.evaluate<string>("navigator.clipboard.readText()");
    expect(commands).to.contain(`pulumi config set apsaramq:endpoint ${browser.emulator.endpoint}\n`);
    expect(commands).to.contain(`ALIBABA_CLOUD_ACCESS_KEY_SECRET=${browser.emulator.accessKeySecret}`);
    expect(await page.content()).not.to.contain(browser.emulator.accessKeySecret);
    await page.getByText("No groups yet.").waitFor();
    await page.getByText("No CAs yet.").waitFor();
  });

  describe("secrets", () => {
    const marker = "marker-of-a-device-secret";
    const others = ["marker-of-another-device", "marker-of-an-account", "marker-of-a-name", "marker-of-a-token"];
    const [other = "", account = "", name = "", token = ""] = others;
    const seed: Seed = {
      accessKeys: [{ accessKeyId: "LTAI-1", accessKeySecret: account, securityToken: token }],
      instances: [
        {
          instanceId,
          credentials: [
            { clientId, deviceAccessKeySecret: marker },
            { clientId: "GID_sensors@@@line-2", deviceAccessKeySecret: other },
          ],
          groups: [{ groupId: "GID_sensors" }],
          registerCodes: [{ code: "marker-of-a-code", used: false }],
          tokens: [{ token: "marker-of-a-device-token", topics: ["demo"], actions: "R", expireTime: 4e12 }],
          customAuthIdentities: [{ identityType: "USER", username: "u", signMode: "ORIGIN", secret: name }],
        },
      ],
    };

    it("are nowhere until one is asked for, and then only that one, for as long as it is shown", async () => {
      const page = await browser.open({ seed });
      await browser.client.refusal("ListInstances");
      await page.locator("#journal tr").first().waitFor();
      const sent = () => browser.answers.map(({ body }) => body).join();
      expect(sent()).to.contain(clientId).and.not.contain("marker");
      expect(await page.content()).not.to.contain("marker");
      await page.getByRole("button", { name: `Show login of ${clientId}` }).click();
      await page.getByRole("dialog").getByText(marker).waitFor();
      await browser.answersNoted();
      expect(browser.answers.filter(({ body }) => body.includes("marker"))).to.have.lengthOf(1);
      for (const secret of others) expect(sent()).not.to.contain(secret);
      await page.keyboard.press("Escape");
      await page.getByText(marker).waitFor({ state: "detached" });
      expect(await page.content()).not.to.contain("marker");
    });

    it("let a device log in as they are shown", async () => {
      const page = await browser.open({ seed: oneDevice });
      await page.getByRole("button", { name: `Show login of ${clientId}` }).click();
      const [id = "", username = "", password = ""] = await page.locator("#secret-parts code").allTextContents();
      await devices.connect(browser.emulator.mqtt, { clientId: id, username, password });
      await deviceRow(page, clientId).getByText("Online").waitFor();
    });
  });

  it("is used with the keyboard alone: a device is found, its login shown, and the focus is back where it was", async () => {
    const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
    const focus = page.locator(":focus");
    const focused = async () => (await focus.getAttribute("aria-label")) ?? (await focus.getAttribute("id"));
    await page.keyboard.press("Tab");
    expect(await focus.textContent()).to.equal("Skip to devices");
    await page.keyboard.press("Enter");
    expect(await focused()).to.equal("devices-title");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await focused()).to.equal("prefix");
    await page.keyboard.type("press-05");
    await page.locator("#devices tr").nth(1).waitFor({ state: "detached" });
    await page.keyboard.press("Tab");
    expect(await focused()).to.equal("Show login of GID_sensors@@@press-05");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).to.equal("solid");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByText("MQTT password").waitFor();
    await page.keyboard.press("Escape");
    expect(await focused()).to.equal("Show login of GID_sensors@@@press-05");
    // The next views leave the focus alone.
    await browser.client.call("ListInstances");
    await page.locator("#journal tr").first().waitFor();
    expect(await focused()).to.equal("Show login of GID_sensors@@@press-05");
  });

  it("shows hostile names as they are", async () => {
    const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>'"&amp;`;
    const ca = await createCa({ commonName: "CA" });
    const device = await ca.device({ commonName: "<svg onload=document.title=1>" });
    const page = await browser.open({
      seed: {
        instances: [
          {
            instanceId,
            instanceName: hostile,
            topics: [hostile],
            caCertificates: [
              { caName: hostile, caContent: ca.pem, deviceCertificates: [{ deviceContent: device.pem }] },
            ],
            onlineClientIds: [hostile],
          },
        ],
      },
    });
    await fetch(`${browser.emulator.endpoint}/?Version=2020-04-20&Action=${encodeURIComponent(hostile)}`);
    await page.locator("#journal tr").first().waitFor();
    for (const place of ["#devices th", "#cas th", "#journal th"]) {
      expect(await page.locator(place).textContent()).to.equal(hostile);
    }
    expect(await page.locator("#certificates th").textContent()).to.equal("<svg onload=document.title=1>");
    expect(await page.title()).to.equal("ApsaraMQ for MQTT emulator");
    expect(await page.locator("main img, main script, main svg").count()).to.equal(0);
  });

  it("follows the system's choice of light or dark, with text that stands out from the ground in both", async () => {
    const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const ground = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      expect(luminance(ground) > 0.5, colorScheme).to.equal(colorScheme === "light");
      const pairs = await page.evaluate<{ text: string; ground: string; what: string }[]>(visibleTexts);
      expect(pairs.length).to.be.greaterThan(100);
      const faint = pairs.filter(({ text, ground }) => contrast(text, ground) < 4.5);
      expect(faint, colorScheme).to.deep.equal([]);
    }
  });

  it("has few Tab stops, in a list one, where arrow keys lead on", async () => {
    const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
    browser.emulator.addDevice("GID_sensors@@@line-10-temp");
    browser.emulator.faults.addAll([
      { action: "*", delayMs: 1 },
      { action: "mqtt:connect", delayMs: 1 },
    ]);
    await deviceRow(page, "line-10-temp").waitFor();
    await page.locator("#faults li").nth(1).waitFor();
    const focused = async () => (await page.evaluate<string | null>(focusedLabel)) ?? "";
    const stops: string[] = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const stop = await focused();
      if (stop === "" || stops.includes(stop)) break;
      stops.push(stop);
    }
    expect(await page.locator("#devices tr").count()).to.equal(13);
    expect(stops.length).to.be.within(15, 25);
    expect(stops.filter((stop) => stop.startsWith("Show login of"))).to.deep.equal([
      "Show login of GID_forklifts@@@fl-01",
    ]);
    await page.getByRole("button", { name: "Show login of GID_forklifts@@@fl-01" }).focus();
    for (const [key, device] of [
      ["ArrowDown", "GID_forklifts@@@fl-02"],
      ["End", "GID_sensors@@@press-05"],
      ["ArrowDown", "GID_sensors@@@press-05"],
      ["ArrowUp", "GID_sensors@@@press-04"],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused()).to.equal(`Show login of ${device}`);
    }
    // Back to where one was.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).to.equal("Show login of GID_sensors@@@press-04");
  });

  it("has a row of one line for each device, and the whole of a long client id for who points at it", async () => {
    const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
    await page.setViewportSize({ width: 1280, height: 900 });
    const long = `GID_${"north-".repeat(6)}hall@@@line-10-temp`;
    const { clientId: id } = browser.emulator.addDevice(long);
    await devices.refusal(browser.emulator.mqtt, { ...deviceLogin(id), password: "wrong" });
    const row = deviceRow(page, long);
    await row.getByText("1 refused").waitFor();
    const heights = await page.locator("#devices tr").evaluateAll((rows) => rows.map((each) => each.clientHeight));
    expect(Math.max(...heights)).to.be.at.most(40);
    const isWhole = () =>
      row
        .locator("th span")
        .evaluateAll((parts) => parts.every(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth));
    expect(await isWhole()).to.equal(false);
    await row.getByRole("button", { name: "Show login" }).focus();
    expect(await isWhole()).to.equal(true);
  });

  it("fits wide and narrow screens, where narrow ones lead to each part from wherever one is", async () => {
    const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
    for (const width of [360, 390, 800, 1280, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate("document.documentElement.scrollWidth"), String(width)).to.be.at.most(width);
    }
    expect(await page.getByRole("navigation", { name: "Parts of the page" }).isVisible()).to.equal(false);
    await page.setViewportSize({ width: 390, height: 800 });
    for (const part of ["Faults", "Clock", "Devices"]) {
      await page.getByRole("link", { name: part, exact: true }).click();
      const title = page.getByRole("heading", { name: part, exact: true });
      const { y = 0 } = (await title.boundingBox()) ?? {};
      expect(y, part).to.be.within(40, 800);
    }
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1280]) {
      it(`has nothing that axe finds wrong: ${colorScheme}, ${width} pixels wide`, async () => {
        const page = await browser.open({ seed: await samplePlant(), clock: sampleTime });
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.evaluate(axe.source);
        const expectNothing = async (when: string) => {
          const violations = await page.evaluate<object[]>(axeViolations);
          expect(violations, when).to.deep.equal([]);
        };
        const { clientId: id, urls } = browser.emulator.addDevice("GID_sensors@@@line-10");
        await devices.refusal(urls.mqtt, { ...deviceLogin(id), password: "wrong" });
        browser.emulator.faults.add({ action: "*", delayMs: 1 });
        await page.getByText("1 refused").waitFor();
        await page.getByText("Point Pulumi here").click();
        await page.getByText("New fault").click();
        await expectNothing("with everything open");
        for (const what of ["device", "group"]) {
          await page.getByLabel(`New ${what}`).fill("x");
          await page.keyboard.press("Enter");
          await page.locator(`#add-${what} .problem`).waitFor();
        }
        await page.getByLabel("this happens").selectOption("delay");
        await page.getByRole("button", { name: "Add fault" }).click();
        await page.getByLabel("Set to, UTC").fill("x");
        await page.getByRole("button", { name: "Set", exact: true }).click();
        await page.locator("#clock-problem").waitFor();
        await expectNothing("with errors");
        await page.getByRole("button", { name: `Show login of ${id}` }).click();
        await page.getByRole("dialog").getByText("Command line").waitFor();
        await expectNothing("with a secret");
        await page.keyboard.press("Escape");
        browser.emulator.setState({ instances: [{ instanceId }] });
        await page.getByText("No devices yet.").waitFor();
        await expectNothing("with nothing in it");
      });
    }
  }

  it("pages through 100,000 devices", async () => {
    const credentials = Array.from({ length: 100_000 }, (_, index) => ({
      clientId: `GID_sensors@@@${String(index).padStart(6, "0")}`,
      deviceAccessKeyId: "k",
      deviceAccessKeySecret: "s",
    }));
    const page = await browser.open({
      seed: { instances: [{ instanceId, groups: [{ groupId: "GID_sensors" }], credentials }] },
    });
    await page.locator("#devices-pages").getByRole("button", { name: "Next" }).click();
    await deviceRow(page, "GID_sensors@@@000020").waitFor();
    await page.locator("#devices-pages").getByText("21–40 of 100,000").waitFor();
    await page.getByLabel("Client id or device id begins with").fill("0999");
    await deviceRow(page, "GID_sensors@@@099900").waitFor();
    await page.locator("#devices-pages").getByText("1–20 of 100").waitFor();
    expect(await page.locator("#devices tr").count()).to.equal(20);
  });

  it("goes on when the emulator is back", async () => {
    const page = await browser.open();
    await page.route("**/page/view*", (route) => route.abort());
    await page.getByText("The emulator does not answer.").waitFor();
    await page.unroute("**/page/view*");
    await page.locator("#state", { hasText: "Live" }).waitFor();
  });

  it("stands still while it is paused", async () => {
    const page = await browser.open();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator("#state", { hasText: "Paused" }).waitFor();
    await browser.client.call("ListInstances");
    await page.waitForTimeout(700);
    expect(await page.locator("#journal tr").count()).to.equal(0);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator("#journal tr").first().waitFor();
  });
});

/** What axe finds wrong, in short. Runs in the browser, after axe's own source. */
const axeViolations = `
  axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]) })))`;

/** What has the focus, if anything in the page has it. Runs in the browser. */
const focusedLabel = `
  document.activeElement === document.body ? null
    : (document.activeElement.ariaLabel ?? (document.activeElement.id || document.activeElement.textContent))`;

/** Each text that can be seen, with its colour and what is behind it. Runs in the browser. */
const visibleTexts = `
  [...document.querySelectorAll("main *, header *")]
    .filter((each) => each.checkVisibility() && [...each.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim()))
    .map((each) => {
      const isClear = (element) => getComputedStyle(element).backgroundColor === "rgba(0, 0, 0, 0)";
      let behind = each;
      while (isClear(behind)) behind = behind.parentElement;
      return { text: getComputedStyle(each).color, ground: getComputedStyle(behind).backgroundColor, what: each.textContent };
    })`;

type Rgb = readonly [number, number, number];

function rgb(color: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** Relative luminance, as WCAG 2 defines it. */
function luminance(color: string): number {
  const [red, green, blue] = rgb(color).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}
