import * as pulumi from "@pulumi/pulumi";
import type { Declarations } from "../machine/declarations";
import type { GivenAdvice } from "../provider/functions";

/** A program as the engine runs it: with the Automation API one process may run several, also at a time. */
export interface Program {
  readonly declarations: Declarations;
  /** Names of resources by the object that they stand for. */
  readonly names: Map<string, string>;
  /** What functions have failed with, by the text. */
  readonly failures: Map<string, pulumi.RunError>;
  /** What these have advised; made with the first. */
  advice?: GivenAdvice;
}

const programs = new Map<string, Program>();

/** The program that runs now, or undefined without an engine, as in unit tests with mocks. */
export function currentProgram(): Program | undefined {
  const engine = engineAddress();
  if (engine === undefined) {
    return undefined;
  }
  const known = programs.get(engine);
  if (known) {
    return known;
  }
  const { Declarations: Made }: typeof import("../machine/declarations") = require("../machine/declarations");
  const program: Program = { declarations: new Made(engine), names: new Map(), failures: new Map() };
  program.declarations.runFor([organization(), pulumi.getProject(), pulumi.getStack()].join("/"));
  programs.set(engine, program);
  return program;
}

/** Engines that know of no organizations name none, and then Pulumi throws. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "";
  }
}

/** Where the engine listens that runs this program. What Pulumi gives is a client of gRPC, though its type says less. */
function engineAddress(): string | undefined {
  const client: (object & { getChannel?: () => { getTarget(): string } }) | undefined = pulumi.runtime.getEngine();
  return client
    ?.getChannel?.()
    .getTarget()
    .replace(/^dns:\/*/, "");
}
