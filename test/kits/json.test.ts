import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import mqtt from "mqtt";
import { kitFiles } from "../../kits/kit";
import { awkward, kitFixture, plain, ways } from "./kitFixture";

describe("A kit as JSON", () => {
  const fixture = kitFixture();

  for (const way of ways) {
    it(`is what MQTT.js connects with: ${way}`, async () => {
      const place = fixture.write("kit", fixture.given(way, awkward));
      const options = JSON.parse(readFileSync(join(place, "connection.json"), "utf8"));
      const client = await mqtt.connectAsync({ ...options, reconnectPeriod: 0 });
      await client.publishAsync("demo/kit", "hello", { qos: 1 });
      await client.endAsync();
    });
  }

  it("has the topics", () => {
    const topics = { publish: ["demo/up"], subscribe: ["demo/down", "demo/+"] };
    const json = kitFiles({ login: plain, host: "broker.example", ...topics })["connection.json"];
    expect(JSON.parse(json ?? "")).to.deep.equal({
      ...{ protocol: "mqtts", host: "broker.example", port: 8883, ...plain, ...topics },
    });
  });
});
