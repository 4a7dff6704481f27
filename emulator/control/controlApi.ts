import type { Schema } from "../foundation/decode";
import { packageVersion } from "../foundation/packageVersion";
import { additionSchemas } from "../service/additions";
import { faultSchema } from "../service/faultForms";
import { deviceEventKinds } from "../service/journal";
import { seedSchema } from "../state/seed";

interface Operation {
  readonly summary: string;
  readonly description?: string;
  /** Query parameters, all optional. */
  readonly query?: Readonly<Record<string, Schema>>;
  readonly body?: Schema;
  /** What is answered on success. */
  readonly answer: Schema;
}

const text = { type: "string" } as const;
const time = { type: "string", format: "date-time" } as const;
const count = { type: "integer", minimum: 0 } as const;
const nothing = object({});

function object(properties: Readonly<Record<string, Schema>>, required = Object.keys(properties)): Schema {
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }) };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

function reference(name: keyof typeof schemas): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

const schemas = {
  Fault: faultSchema,
  LateRequest: object({
    action: text,
    instanceId: { type: ["string", "null"] },
    object: { type: ["string", "null"], description: "Client id, serial number or group." },
  }),
  JournalEntry: object(
    {
      time: { ...time, description: "Wall clock, at the arrival of the request." },
      action: text,
      status: { ...count, description: "HTTP status, 0 for a request lost by a fault; the code of MQTT for a device." },
      code: { type: ["string", "null"], description: "The vendor's error code, null on success." },
      instanceId: { type: ["string", "null"] },
      object: { type: ["string", "null"], description: "Client id, serial number or group." },
      kind: { enum: deviceEventKinds, description: "Only of what happened to a device." },
      reason: { ...text, description: "Of a device: which check failed and what was expected." },
    },
    ["time", "action", "status", "code", "instanceId", "object"],
  ),
  Quotas: object({
    enabled: { type: "boolean" },
    actions: list(object({ accountId: text, action: text, callsPerSecond: count, used: count })),
    addresses: list(
      object({
        address: text,
        callsPerSecond: count,
        used: count,
        blockedUntil: {
          type: ["string", "null"],
          format: "date-time",
          description: "Wall clock; null when not blocked.",
        },
      }),
    ),
  }),
  State: seedSchema,
  Group: object({
    instanceId: text,
    groupId: text,
    createTime: count,
    updateTime: count,
    tags: list(object({ key: text, value: text })),
  }),
  DeviceLogin: object(
    {
      instanceId: text,
      clientId: text,
      username: text,
      password: text,
      deviceAccessKeyId: text,
      deviceAccessKeySecret: text,
      host: text,
      ports: object({ mqtt: count, mqtts: count, ws: count }),
      urls: object({ mqtt: text, mqtts: text, ws: text }),
      caFile: { ...text, description: "File with the CA by which devices know the broker over TLS." },
      mosquittoPub: { ...text, description: "A command line that logs in; not of an instance without topics." },
    },
    [
      ...["instanceId", "clientId", "username", "password", "deviceAccessKeyId", "deviceAccessKeySecret"],
      ...["host", "ports", "urls", "caFile"],
    ],
  ),
  Error: object({ error: { ...text, description: "What is wrong, with the place in the document." } }),
} as const satisfies Record<string, Schema>;

const clock = object({ now: { ...time, description: "The emulator's time." } });

/** Every control operation by its method and path; the handlers are checked against these names. */
export const operations = {
  "GET /health": {
    summary: "Whether it runs, and what it holds",
    answer: object({
      status: { const: "ok" },
      version: text,
      startTime: { ...time, description: "Wall clock." },
      uptimeSeconds: { type: "number", minimum: 0 },
      rssBytes: { ...count, description: "Memory of the process." },
      counts: { type: "object", additionalProperties: count },
    }),
  },
  "GET /openapi.json": { summary: "This document", answer: { type: "object" } },
  "POST /reset": {
    summary: "State, clock, faults, journal, quotas and traces as at the start",
    description: "With a data folder, as at the start of one that was empty.",
    answer: nothing,
  },
  "GET /state": { summary: "The whole state, secrets included", answer: reference("State") },
  "PUT /state": {
    summary: "Replaces the whole state and cuts all connections",
    body: reference("State"),
    answer: nothing,
  },
  "POST /groups": {
    summary: "Makes sure of a group; one that is there stays as it is",
    body: additionSchemas.group,
    answer: reference("Group"),
  },
  "POST /devices": {
    summary: "Makes sure of a device with a credential and of its group; gives all it needs to log in",
    description: "A device that has a credential keeps it. Nothing is cut off.",
    body: additionSchemas.device,
    answer: reference("DeviceLogin"),
  },
  "GET /journal": {
    summary: "The last requests and what happened to devices, oldest first",
    query: {
      kind: { enum: ["request", ...deviceEventKinds] },
      action: text,
      since: { ...time, description: "Entries from this time on, wall clock." },
      code: text,
      instanceId: text,
      object: text,
      limit: { type: "integer", minimum: 1, description: "The last so many." },
    },
    answer: object({ entries: list(reference("JournalEntry")) }),
  },
  "GET /clock": { summary: "The emulator's time", answer: clock },
  "PUT /clock": {
    summary: "Sets the emulator's time, running on from there",
    description: "Certificates, tokens and all times of the service follow it; the check of signatures does not.",
    body: clock,
    answer: clock,
  },
  "GET /faults": {
    summary: "The faults still to strike, in order",
    answer: object({ faults: list(reference("Fault")) }),
  },
  "POST /faults": {
    summary: "Adds a fault, or a list of them, after those that are there",
    body: { oneOf: [reference("Fault"), list(reference("Fault"))] },
    answer: { oneOf: [reference("Fault"), object({ faults: list(reference("Fault")) })] },
  },
  "DELETE /faults": {
    summary: "Removes all faults; what they have lost and has not arrived yet never does",
    answer: nothing,
  },
  "DELETE /faults/{id}": { summary: "Removes one fault", answer: nothing },
  "GET /late-requests": {
    summary: "Lost requests that are still to arrive",
    answer: object({ requests: list(reference("LateRequest")) }),
  },
  "POST /late-requests/release": {
    summary: "Lets all of them arrive now; they have taken effect when this answers",
    answer: object({ requests: list(reference("LateRequest")) }),
  },
  "GET /quotas": { summary: "Whether quotas are kept, and how far they are used", answer: reference("Quotas") },
  "PUT /quotas": {
    summary: "Switches the quotas on or off; off also forgets what was counted",
    body: object({ enabled: { type: "boolean" } }),
    answer: reference("Quotas"),
  },
  "DELETE /quotas/blocks": { summary: "Takes back the block of every source address", answer: reference("Quotas") },
  "POST /tls-connections": {
    summary: "What the broker does with a device of a certificate; an accepted new one is registered",
    body: object({ instanceId: text, certificate: { ...text, description: "PEM." } }),
    answer: {
      oneOf: [
        object({ accepted: { const: true }, deviceSn: text, caSn: text }),
        object({ accepted: { const: false }, reason: text }),
      ],
    },
  },
} as const satisfies Record<`${"GET" | "POST" | "PUT" | "DELETE"} /${string}`, Operation>;

/** An operation of the control API: its method and its path under `/_emulator`. */
export type OperationName = keyof typeof operations;

/** Served by the broker, to anybody: a certificate is no secret. */
const caDownload = {
  operationId: "getCaPem",
  summary: "The CA by which clients know the broker",
  responses: { 200: { description: "PEM", content: { "application/x-pem-file": { schema: text } } } },
} as const;

/** The control API as an OpenAPI 3.1 document. */
export function controlApiDocument(): Readonly<Record<string, unknown>> {
  return {
    openapi: "3.1.0",
    info: {
      title: "apsaramq-mqtt-emulator, control paths",
      version: packageVersion(),
      description: "Unsigned, on loopback hosts only, never from a page of another origin.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/_emulator" }],
    paths: { ...documentedPaths(Object.entries<Operation>(operations)), "/ca.pem": { get: caDownload } },
    components: { schemas },
  };
}

function documentedPaths(entries: readonly (readonly [string, Operation])[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of entries) {
    const [method = "", path = ""] = name.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: documentedOperation(name, operation) };
  }
  return paths;
}

function documentedOperation(name: string, { summary, description, query = {}, body, answer }: Operation) {
  const inQuery = Object.entries(query).map(([parameter, schema]) => ({ name: parameter, in: "query", schema }));
  const inPath = name.includes("{id}") ? [{ name: "id", in: "path", required: true, schema: text }] : [];
  const parameters = [...inPath, ...inQuery];
  return {
    operationId: operationId(name),
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: "Done", content: json(answer) },
      400: { description: "What was sent makes no sense; nothing was done", content: json(reference("Error")) },
      403: { description: "Not from a loopback name, or from another origin", content: json(reference("Error")) },
    },
  };
}

/** `GET /quotas/blocks` becomes `getQuotasBlocks`, `DELETE /faults/{id}` `deleteFaultsId`. */
function operationId(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]+([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function json(schema: Schema) {
  return { "application/json": { schema } };
}
