import { expect } from "chai";
import { Claims } from "../../../machine/claims";
import type { Client } from "../../../provider/service/client";
import { DeviceCertificates } from "../../../provider/service/deviceCertificates";
import { DeviceCredentials } from "../../../provider/service/deviceCredentials";
import { Groups } from "../../../provider/service/groups";
import { clientOf, startTinyService, type TinyService } from "./tinyService";

const pageSize = 100;
const always = Number.POSITIVE_INFINITY;
const context = { now: () => 0, progress: () => {}, signal: new AbortController().signal };

interface GivenPage {
  /** Names of what the page lists. */
  readonly names: readonly string[];
  readonly total: number;
  readonly token?: string;
}

/** So many names that start alike. */
function names(start: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${start}${index}`);
}

/** A page of device certificates as the service writes it. */
function certificatePage({ names: listed, total }: GivenPage): object {
  const deviceCertificates = listed.map((name) => ({
    CaSn: "00ca",
    DeviceSn: name,
    DeviceName: name,
    DeviceContent: "",
    Status: "1",
    ValidBegin: "0",
    ValidEnd: "0",
  }));
  return { Data: { Total: total, DeviceCertificateVOS: deviceCertificates } };
}

/**
 * What the vendor's documents leave open about listings, each reading in turn: what the total counts, and how the last
 * page is known.
 */
describe("Pages of a listing", () => {
  let service: TinyService;
  let asked: URLSearchParams[];

  afterEach(() => service.close());

  /** A service that answers page after page, and then empty ones; gives a client of it. */
  async function serve(pages: readonly GivenPage[], render: (page: GivenPage) => object): Promise<Client> {
    asked = [];
    service = await startTinyService((request, response) => {
      const page = pages[asked.length] ?? { names: [], total: 0 };
      asked.push(new URL(request.url ?? "", "http://localhost").searchParams);
      response.end(JSON.stringify(render(page)));
    });
    return clientOf(service.endpoint);
  }

  /** Whether the listing of these pages holds the device `z`, and how many pages were asked for. */
  async function listCredentials(...pages: readonly GivenPage[]) {
    const client = await serve(pages, ({ names: listed, total, token }) => ({
      DeviceCredentialClientIdList: {
        ClientIdList: listed.map((name) => `GID_line@@@${name}`),
        Total: String(total),
        ...(token !== undefined && { NextToken: token }),
      },
    }));
    const credentials = new DeviceCredentials(client, new Groups(client.call, context), context, new Claims(), "");
    const device = { instanceId: "post-cn-1", clientId: "GID_line@@@z" };
    return { found: (await credentials.listed(device, always)) !== undefined, asked: asked.length };
  }

  /** The same of a listing of certificates. */
  async function listCertificates(...pages: readonly GivenPage[]) {
    const { call } = await serve(pages, certificatePage);
    const certificates = new DeviceCertificates(call, context);
    const device = { instanceId: "post-cn-1", caSn: "00ca", deviceSn: "z" };
    return { found: (await certificates.listed(device, always)) !== undefined, asked: asked.length };
  }

  for (const [what, list] of [
    ["credentials", listCredentials],
    ["certificates", listCertificates],
  ] as const) {
    it(`are an error, not an end, when those of ${what} hold less than they count, three times in a row`, async () => {
      const page = { names: ["a"], total: 250 };
      expect(await list(page, page, page, { names: ["z"], total: 1 }).catch(String)).to.contain(
        "1 entries were listed of 250 counted, in each of 3 tries. Nothing is concluded from an incomplete listing",
      );
      expect(asked).to.have.length(3);
    });
  }

  describe("of a large CA", () => {
    it("are walked for a certificate whose serial number is written otherwise", async () => {
      const listed = [...names("0f", 1_299), "00a1b2c3"];
      const actions: string[] = [];
      service = await startTinyService((request, response) => {
        const action = String(request.headers["x-acs-action"]);
        actions.push(action);
        if (action === "GetDeviceCertificate") {
          const refusal = { RequestId: "020F", Code: "FindDeviceBySnError", Message: "" };
          response.writeHead(404).end(JSON.stringify(refusal));
          return;
        }
        const pageNo = Number(new URL(request.url ?? "", "http://localhost").searchParams.get("PageNo"));
        const page = listed.slice((pageNo - 1) * pageSize, pageNo * pageSize);
        response.end(JSON.stringify(certificatePage({ names: page, total: listed.length })));
      });
      const certificates = new DeviceCertificates(clientOf(service.endpoint).call, context);
      const found = await certificates.listed({ instanceId: "post-cn-1", caSn: "00ca", deviceSn: "A1:B2:C3" }, always);
      expect(found).to.include({ deviceSn: "00a1b2c3" });
      expect(actions.slice(0, 2)).to.deep.equal(["ListDeviceCertificateByCaSn", "GetDeviceCertificate"]);
      // Thirteen full pages and the empty one that ends them, after the first look.
      expect(actions).to.have.length(16);
    });
  });

  describe("of credentials", () => {
    it("end with a short page without a token", async () => {
      expect(await listCredentials({ names: ["a"], total: 1 })).to.deep.equal({ found: false, asked: 1 });
    });

    it("do not end with a short page that has a token", async () => {
      const [first, second] = [
        { names: ["a"], total: 2, token: "a" },
        { names: ["z"], total: 2 },
      ];
      expect(await listCredentials(first, second)).to.deep.equal({ found: true, asked: 2 });
    });

    for (const total of [0, 1, 101, 250]) {
      it(`do not end with an empty page that has a token, when ${total} are counted`, async () => {
        const pages = [
          { names: [], total, token: "a" },
          { names: [], total, token: "b" },
          { names: [...names("a", pageSize - 1), "z"], total, token: "c" },
          { names: names("b", pageSize), total, token: "d" },
          { names: names("c", pageSize / 2), total },
        ];
        expect(await listCredentials(...pages)).to.deep.equal({ found: true, asked: 5 });
      });
    }

    it("end with an empty page without a token", async () => {
      const [first, second] = [
        { names: names("a", pageSize), total: 1, token: "a" },
        { names: [], total: 1 },
      ];
      expect(await listCredentials(first, second)).to.deep.equal({ found: false, asked: 2 });
    });

    it("are an error when they never end", async () => {
      const pages = names("token", 200).map((token) => ({ names: [], total: 1, token }));
      expect(await listCredentials(...pages).catch(String)).to.contain("100 pages in a row held nothing new");
      expect(asked).to.have.length(101);
    });

    it("do not end with a full page, when the total may count that page alone", async () => {
      const [first, second] = [
        { names: names("a", pageSize), total: pageSize },
        { names: ["z"], total: 1 },
      ];
      expect(await listCredentials(first, second)).to.deep.equal({ found: true, asked: 2 });
    });

    it("end with the full page that reaches a total of more than one page", async () => {
      const pages = [names("a", pageSize), names("b", pageSize)].map((page) => ({ names: page, total: 2 * pageSize }));
      expect(await listCredentials(...pages)).to.deep.equal({ found: false, asked: 2 });
    });

    it("are asked for by number, and by the token of the page before", async () => {
      const total = pageSize + 1;
      await listCredentials({ names: names("a", pageSize), total, token: "after-a" }, { names: ["b"], total });
      const requests = asked.map((query) => ["PageNo", "PageSize", "NextToken"].map((name) => query.get(name)));
      expect(requests).to.deep.equal([
        ["1", "100", null],
        ["2", "100", "after-a"],
      ]);
    });

    it("are an error, not an end, when the token repeats", async () => {
      const pages = ["a", "b", "c"].map((start) => ({ names: names(start, pageSize), total: 300, token: "same" }));
      const error = await listCredentials(...pages).catch(String);
      expect(error).to.contain(
        "Listing for group GID_line on instance post-cn-1: the listing gives the same token twice",
      );
    });

    it("are an error, not an end, when a page repeats", async () => {
      const page = { names: names("a", pageSize), total: 300 };
      expect(await listCredentials(page, page, page).catch(String)).to.contain(
        "page 2 of the listing holds nothing new",
      );
    });
  });

  describe("of certificates", () => {
    it("end with a short page", async () => {
      expect(await listCertificates({ names: ["a"], total: 1 })).to.deep.equal({ found: false, asked: 1 });
    });

    for (const [counts, total] of [
      ["pages", 2],
      ["records", pageSize + 1],
      ["the records of one page", pageSize],
      ["nothing", 0],
    ] as const) {
      it(`do not end with a full page when the total counts ${counts}`, async () => {
        const [first, second] = [
          { names: names("a", pageSize), total },
          { names: ["z"], total },
        ];
        expect(await listCertificates(first, second)).to.deep.equal({ found: true, asked: 2 });
      });
    }

    it("end with an empty page after full ones", async () => {
      expect(await listCertificates({ names: names("a", pageSize), total: 1 })).to.deep.equal({
        found: false,
        asked: 2,
      });
    });
  });
});
