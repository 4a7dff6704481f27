import { groupOfClientId, isGroupId } from "../facts/identifiers";
import { isTopic, isTopicFilter } from "../facts/topics";
import type { Tag } from "../state/state";
import { InvalidParameter, MissingParameter, type Parameter, type RawParameters } from "./parameters";

/** The rules by which single parameters are read; each action has a table of them. */

function rule(isValid: (value: string) => boolean): Parameter<string> {
  return (raw, name) => {
    const value = takeRequired(raw, name);
    if (!isValid(value)) throw new InvalidParameter();
    return value;
  };
}

function takeRequired(raw: RawParameters, name: string): string {
  const value = raw.take(name);
  if (value === undefined) throw new MissingParameter();
  return value;
}

function optionalRule(isValid: (value: string) => boolean): Parameter<string | undefined> {
  return (raw, name) => {
    const value = raw.take(name);
    if (value !== undefined && !isValid(value)) throw new InvalidParameter();
    return value;
  };
}

const decimal = /^[1-9]\d{0,8}$/;

export const anyText = rule((value) => value !== "");
/** At most 128 bytes (documented). */
export const serialNumber = rule((value) => value !== "" && Buffer.byteLength(value) <= 128);
export const clientId = rule(isClientId);
export const groupId = rule(isGroupId);
export const optionalText = optionalRule(() => true);

/** 1-based page number, decimal in a string. */
export const pageNumber: Parameter<number> = (raw, name) => Number(rule((value) => decimal.test(value))(raw, name));
export const optionalPageNumber: Parameter<number> = (raw, name) =>
  Number(optionalRule((value) => decimal.test(value))(raw, name) ?? "1");

/** 1 to 100, decimal in a string (documented). */
export const pageSize: Parameter<number> = (raw, name) =>
  Number(rule((value) => decimal.test(value) && Number(value) <= 100)(raw, name));

/** Milliseconds since the epoch, decimal in a string. */
export const unixTime: Parameter<number> = (raw, name) => Number(rule((value) => /^\d{1,15}$/.test(value))(raw, name));

export function choice<const T extends string>(...options: readonly T[]): Parameter<T> {
  return (raw, name) => {
    const value = takeRequired(raw, name);
    const chosen = options.find((option) => option === value);
    if (chosen === undefined) throw new InvalidParameter();
    return chosen;
  };
}

/** Empty stands for absent, as clients send it for a filter that is not set. */
export function optionalChoice<const T extends string>(...options: readonly T[]): Parameter<T | undefined> {
  return (raw, name) => {
    const value = raw.take(name) ?? "";
    const chosen = options.find((option) => option === value);
    if (chosen === undefined && value !== "") throw new InvalidParameter();
    return chosen;
  };
}

/** Clients write booleans in either case. */
export const optionalFlag: Parameter<boolean> = (raw, name) =>
  optionalRule((value) => /^(true|false)$/i.test(value))(raw, name)?.toLowerCase() === "true";

/** At most 64 characters (documented). */
export const username = rule((value) => value !== "" && value.length <= 64);

export const topic = rule(isTopic);
export const topicFilter = rule(isTopicFilter);

/** The token of an earlier page, as the key it stands for; empty for the first page. */
export const pageToken: Parameter<string> = (raw, name) => {
  const token = optionalText(raw, name) ?? "";
  const key = decodePageToken(token);
  if (encodePageToken(key) !== token) throw new InvalidParameter();
  return key;
};

export function encodePageToken(key: string): string {
  return Buffer.from(key).toString("base64");
}

function decodePageToken(token: string): string {
  return Buffer.from(token, "base64").toString();
}

/** `Name.1`, `Name.2`, …, none of them empty unless another rule is given. */
export function textList(
  least: number,
  most: number,
  isValid: (text: string) => boolean = (text) => text !== "",
): Parameter<readonly string[]> {
  return (raw, name) => {
    const texts: string[] = [];
    for (let text = raw.take(`${name}.1`); text !== undefined; text = raw.take(`${name}.${texts.length + 1}`)) {
      texts.push(text);
    }
    if (least > 0 && texts.length === 0) throw new MissingParameter();
    if (texts.length < least || texts.length > most || !texts.every(isValid)) throw new InvalidParameter();
    return texts;
  };
}

/** `Tag.1.Key`, `Tag.1.Value`, `Tag.2.Key`, … */
export function tagList(least: number, most: number): Parameter<readonly Tag[]> {
  return (raw, name) => {
    const tags: Tag[] = [];
    for (let tag = takeTag(raw, `${name}.1`); tag !== undefined; tag = takeTag(raw, `${name}.${tags.length + 1}`)) {
      tags.push(tag);
    }
    if (least > 0 && tags.length === 0) throw new MissingParameter();
    if (tags.length < least || tags.length > most) throw new InvalidParameter();
    return tags;
  };
}

function takeTag(raw: RawParameters, name: string): Tag | undefined {
  const key = raw.take(`${name}.Key`);
  const value = raw.take(`${name}.Value`);
  if (key === undefined && value === undefined) return undefined;
  if (key === undefined || key === "") throw new InvalidParameter();
  return { key, value: value ?? "" };
}

/** Tags as a JSON array of `{"key","value"}` in one string, as `ListInstances` takes them (documented). */
export const tagsInJson: Parameter<readonly Tag[]> = (raw, name) => {
  const text = raw.take(name);
  if (text === undefined || text === "") return [];
  const tags = parseTags(text);
  if (tags === undefined) throw new InvalidParameter();
  return tags;
};

function parseTags(text: string): Tag[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return undefined;
    return parsed.every(isTag) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isTag(value: unknown): value is Tag {
  return (
    typeof value === "object" &&
    value !== null &&
    "key" in value &&
    typeof value.key === "string" &&
    "value" in value &&
    typeof value.value === "string"
  );
}

function isClientId(text: string): boolean {
  return groupOfClientId(text) !== undefined;
}

/** `Name.1`, `Name.2`, …, client ids all of them. */
export function clientIdList(least: number, most: number): Parameter<readonly string[]> {
  return textList(least, most, isClientId);
}
