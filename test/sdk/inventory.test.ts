import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as mqtt from "../../sdk";

const count = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));

describe("inventory", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "inventory-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Writes a file; gives its path as a program says it. */
  function file(name: string, content: string | Buffer): string {
    writeFileSync(join(folder, name), content);
    return relative(process.cwd(), join(folder, name));
  }

  /** What a program fails with that reads a file. */
  function failure(path: string, columns?: mqtt.InventoryColumns): string {
    try {
      mqtt.inventory(path, columns);
    } catch (error) {
      expect(error).to.be.instanceOf(pulumi.RunError);
      const { message, stack } = error as pulumi.RunError;
      expect(stack).to.equal(message);
      const start = `inventory for ${path}: `;
      expect(message.slice(0, start.length)).to.equal(start);
      return message.slice(start.length);
    }
    return expect.fail("it was read");
  }

  const csv = (text: string | Buffer, columns?: mqtt.InventoryColumns) =>
    mqtt.inventory(file("sensors.csv", text), columns);
  const csvFailure = (text: string | Buffer, columns?: mqtt.InventoryColumns) =>
    failure(file("sensors.csv", text), columns);
  const json = (value: unknown, columns?: mqtt.InventoryColumns) =>
    mqtt.inventory(file("sensors.json", JSON.stringify(value)), columns);
  const jsonFailure = (value: unknown, columns?: mqtt.InventoryColumns) =>
    failure(file("sensors.json", JSON.stringify(value)), columns);

  const rows = (...lines: readonly string[]) =>
    `these rows cannot be used. Correct them in the file:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  const badId = "must hold only letters, digits, - and _ (at least one)";

  describe("of a CSV", () => {
    it("has a device for each row, by the column that is named, and nothing of the others", () => {
      const text = "site,serial\nhangzhou,line-7\nshanghai,line-8\n";
      expect(csv(text, { deviceId: "serial" })).to.deep.equal({ "line-7": {}, "line-8": {} });
      expect(csv("deviceId\nline-7")).to.deep.equal({ "line-7": {} });
    });

    it("names devices by their client ids where there is a column of groups", () => {
      const text = "group,device\nGID_north,line-7\nGID_south,line-7\n";
      expect(csv(text, { deviceId: "device", groupId: "group" })).to.deep.equal({
        "GID_north@@@line-7": {},
        "GID_south@@@line-7": {},
      });
    });

    const spellings = {
      "line breaks of Windows, and a byte order mark": "\ufeffdeviceId,site\r\nline-7,a\r\nline-8,b\r\n",
      "line breaks of old": "deviceId,site\rline-7,a\rline-8,b",
      "line breaks of both sorts": "deviceId,site\nline-7,a\r\nline-8,b\n",
      "quoted fields": '"deviceId","site"\n"line-7","a, ""b""\nc"\n"line-8",""\n',
      "blank lines, rows without a value, and blanks around values":
        "\n\n deviceId , site\n\n line-7 ,a\n , \n\tline-8,\n  \n",
    };
    for (const [title, text] of Object.entries(spellings)) {
      it(`takes ${title}`, () => {
        expect(csv(text)).to.deep.equal({ "line-7": {}, "line-8": {} });
      });
    }

    it("takes what is another name to objects for a device as any other", () => {
      expect(Object.keys(csv("deviceId\n__proto__\nconstructor"))).to.have.members(["__proto__", "constructor"]);
    });

    it("tells all rows that cannot be used, by the lines in which they begin", () => {
      const text =
        '\ufeffdeviceId,note\r\n\r\nline-1,"a\r\nb"\r\nline 2,\r\n,c\r\nline-1,"d\n\n"\r\nline-3\r\nline-4,,\r\n';
      expect(csvFailure(text)).to.equal(
        rows(
          `line 5: deviceId ${badId}`,
          `line 6: deviceId ${badId}`,
          "line 7: is the same device as line 3",
          "line 10: must have 2 columns, as the header; got 1",
          "line 11: must have 2 columns, as the header; got 3",
        ),
      );
    });

    it("tells groups and client ids that break a rule", () => {
      const text = `group,device\nnorth,line-1\nGID_north,\nGID_north,${"x".repeat(60)}\nGID_north,line-4`;
      expect(csvFailure(text, { deviceId: "device", groupId: "group" })).to.equal(
        rows(
          "line 2: group must start with GID_ or GID- and hold only letters, digits, - and _",
          `line 3: device ${badId}`,
          "line 4: the client id must be at most 64 characters, group and @@@ included; got 72",
        ),
      );
    });

    it("tells the first ten rows, and how many more there are", () => {
      const text = `deviceId\n${count(10, () => "a b").join("\n")}\n`;
      const ten = count(10, (index) => `line ${index + 2}: deviceId ${badId}`);
      expect(csvFailure(text)).to.equal(rows(...ten));
      expect(csvFailure(`${text}a b\n`)).to.equal(rows(...ten, "and 1 more"));
    });

    it("quotes no value, as a column that was named by mistake may hold secrets", () => {
      const text = "deviceId,password\nline-1,pl@nted\nline-2,pl@nted";
      expect(csvFailure(text, { deviceId: "password" })).not.to.contain("pl@nted");
    });

    it("is an error without a column, and names the nearest of those that there are", () => {
      expect(csvFailure("Serial,site\nline-7,a", { deviceId: "serial" })).to.equal(
        'there is no column "serial" among "Serial", "site". Did you mean "Serial"?',
      );
      expect(csvFailure("deviceId,groups\nline-7,GID_a", { groupId: "group" })).to.equal(
        'there is no column "group" among "deviceId", "groups". Did you mean "groups"?',
      );
      expect(csvFailure("deviceId,deviceId\nline-7,line-8")).to.equal(
        'the column "deviceId" is there 2 times. Rename all but one',
      );
    });

    for (const [title, text] of Object.entries({ empty: "", "a header alone": "deviceId\r\n\r\n" })) {
      it(`is an error when it is ${title}, with what to do instead`, () => {
        expect(csvFailure(text)).to.match(/^there is no device in it\. .* give an empty map `\{\}` if that is meant$/);
      });
    }

    it("is an error when a quote is not closed, or within a field, by the line in which the row begins", () => {
      const text =
        "has a quote that is not closed, or within a field. A field with commas, quotes or line breaks stands in quotes, its own quotes twice";
      const head = 'deviceId,note\nline-1,"a\nb"\n';
      for (const row of ['line-2,"c\nline-3,d\n', 'line-2,c"d\n', 'line-2,"c"d\n']) {
        expect(csvFailure(head + row)).to.equal(`the row that begins in line 4 ${text}`);
        expect(csvFailure(`deviceId,note\n${row}`)).to.equal(`the row that begins in line 2 ${text}`);
      }
    });

    it("has 100,000 devices, each once", () => {
      const ids = count(100_000, (index) => `line-${index}`);
      expect(Object.keys(csv(`deviceId\n${ids.join("\n")}`))).to.deep.equal(ids);
    });
  });

  describe("of JSON", () => {
    it("is a list of device ids, a list of objects, or an object by device ids", () => {
      const devices = { "line-7": {}, "line-8": {} };
      expect(json(["line-7", "line-8"])).to.deep.equal(devices);
      expect(json(["line-7", "line-8"], { deviceId: "serial" })).to.deep.equal(devices);
      expect(json([{ serial: "line-7", site: "a" }, { serial: "line-8" }], { deviceId: "serial" })).to.deep.equal(
        devices,
      );
      expect(json({ "line-7": { deviceId: "a" }, "line-8": null })).to.deep.equal(devices);
    });

    it("has client ids where there are groups", () => {
      const devices = { "GID_north@@@line-7": {} };
      expect(json([{ deviceId: "line-7", group: "GID_north" }], { groupId: "group" })).to.deep.equal(devices);
      expect(json({ "line-7": { group: "GID_north" } }, { groupId: "group" })).to.deep.equal(devices);
    });

    it("may begin with a byte order mark", () => {
      expect(mqtt.inventory(file("sensors.json", '\ufeff["line-7"]'))).to.deep.equal({ "line-7": {} });
    });

    it("tells all entries that cannot be used", () => {
      expect(jsonFailure(["line-1", 17, "line-1", { deviceId: 17 }, { deviceId: "a b" }, null])).to.equal(
        rows(
          "entry 2: is neither a text nor an object",
          "entry 3: is the same device as entry 1",
          "entry 4: deviceId must be a text",
          `entry 5: deviceId ${badId}`,
          "entry 6: is neither a text nor an object",
        ),
      );
      expect(jsonFailure([17])).to.equal(rows("entry 1: is neither a text nor an object"));
    });

    it("is an error without a member that is named, or without devices", () => {
      expect(jsonFailure([{ serial: "line-7", site: "a" }], { deviceId: "serail" })).to.equal(
        'there is no column "serail" among "serial", "site". Did you mean "serial"?',
      );
      for (const empty of [[], {}]) expect(jsonFailure(empty)).to.match(/^there is no device in it\. /);
      for (const other of ["line-7", 7, null]) {
        expect(jsonFailure(other)).to.equal("it is neither a list nor an object. Write a list of device ids");
      }
    });

    it("is an error when it is cut off, which quotes nothing of it", () => {
      const path = file("sensors.json", '["line-7", planted');
      expect(failure(path)).to.equal("it is no JSON. Look whether it was cut off");
    });
  });

  describe("of any file", () => {
    it("goes by the end of its name, in capitals too", () => {
      expect(mqtt.inventory(file("SENSORS.CSV", "deviceId\nline-7"))).to.deep.equal({ "line-7": {} });
      expect(failure(file("sensors.tsv", "deviceId\nline-7"))).to.equal(
        "its name ends in neither .csv nor .json. Name it after what it holds",
      );
    });

    it("is an error when it cannot be read, which says where it was looked for", () => {
      const missing = relative(process.cwd(), join(folder, "none.csv"));
      expect(failure(missing)).to.equal(
        `${join(folder, "none.csv")} cannot be read (ENOENT). Paths begin in the folder of the program`,
      );
    });

    it("is an error when it is not in UTF-8", () => {
      const text = "it is not in UTF-8. Save it as that, which spreadsheets call CSV UTF-8";
      expect(csvFailure(Buffer.from("deviceId,site\nline-7,Köln", "latin1"))).to.equal(text);
      expect(csvFailure(Buffer.from("\ufeffdeviceId\nline-7", "utf16le"))).to.equal(text);
    });
  });
});
