import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { kitFiles } from "../../kits/kit";
import { awkward, kitFixture, plain } from "./kitFixture";

/** The members of esp-mqtt's configuration (mqtt_client.h of ESP-IDF 5) that a kit is for, filled in and printed in hex. */
const program = `
#include <stdio.h>
#include "mqtt_connection.h"
#include "mqtt_connection.h"

typedef struct {
  struct {
    struct { const char *uri; } address;
    struct { const char *certificate; } verification;
  } broker;
  struct {
    const char *username;
    const char *client_id;
    struct { const char *password; } authentication;
  } credentials;
} esp_mqtt_client_config_t;

static void print(const char *text) {
  while (*text) printf("%02x", (unsigned char)*text++);
  printf("\\n");
}

int main(void) {
  const esp_mqtt_client_config_t config = {
    .broker.address.uri = MQTT_BROKER_ADDRESS_URI,
#ifdef MQTT_BROKER_VERIFICATION_CERTIFICATE
    .broker.verification.certificate = MQTT_BROKER_VERIFICATION_CERTIFICATE,
#endif
    .credentials.client_id = MQTT_CREDENTIALS_CLIENT_ID,
    .credentials.username = MQTT_CREDENTIALS_USERNAME,
    .credentials.authentication.password = MQTT_CREDENTIALS_AUTHENTICATION_PASSWORD,
  };
  print(config.broker.address.uri);
  print(config.broker.verification.certificate ? config.broker.verification.certificate : "");
  print(config.credentials.client_id);
  print(config.credentials.username);
  print(config.credentials.authentication.password);
  return 0;
}
`;

describe("A kit for ESP-IDF", function () {
  this.timeout(20_000);
  const fixture = kitFixture();

  // With trigraphs, as the standards before C23 have them.
  for (const standard of ["c99", "gnu17"]) {
    it(`is a header whose constants are the login, to the last byte: ${standard}`, function () {
      if (spawnSync("gcc", ["--version"]).error) this.skip();
      const login = { ...awkward, password: `${awkward.password}\r\n\t7\x7f0 ??=` };
      const given = fixture.given("mqtts", login, { formats: ["esp-idf"] });
      const place = fixture.write("kit", given);
      writeFileSync(join(place, "print.c"), program);
      execFileSync("gcc", [`-std=${standard}`, "-Wall", "-Werror", "-o", "print", "print.c"], { cwd: place });
      const lines = execFileSync(join(place, "print"), { encoding: "utf8" }).split("\n");
      const [uri, certificate, ...rest] = lines.map((line) => Buffer.from(line, "hex").toString());
      expect(uri).to.equal(`mqtts://127.0.0.1:${given.port}`);
      expect(rest).to.deep.equal([login.clientId, login.username, login.password, ""]);
      expect(new X509Certificate(certificate ?? "").fingerprint256).to.equal(
        new X509Certificate(given.ca ?? "").fingerprint256,
      );
    });
  }

  it("names no certificate where the device's own are to be trusted, and no encryption where there is none", () => {
    const header = kitFiles({ login: plain, host: "broker.example", tls: false })["mqtt_connection.h"];
    expect(header).to.contain('#define MQTT_BROKER_ADDRESS_URI "mqtt://broker.example:1883"\n');
    expect(header).not.to.contain("#define MQTT_BROKER_VERIFICATION_CERTIFICATE");
  });
});
