import * as pulumi from "@pulumi/pulumi";
import { kinds } from "../../kinds";
import type { Given } from "../../kinds/fields";
import type { Outline } from "../../kinds/outline";

type Values = Readonly<Record<string, unknown>>;

/** A resource as a program registers it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** The resource that is read instead of made. */
  readonly id: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface Stack {
  readonly config?: Readonly<Record<string, string>>;
  readonly preview?: boolean;
  /** Where an engine listens; without one the program is a unit test. Nobody needs to listen there. */
  readonly engine?: string;
  /** What the service adds to the outputs of every resource. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Inputs as the provider's check completes them. */
function checked(type: string, inputs: Values, surroundings: Values): Values {
  const outline = Object.values(kinds).find(({ name }) => type.endsWith(`:${name}`)) as Outline | undefined;
  const instanceId = surroundings["apsaramq:instanceId"];
  const given = { ...(instanceId !== undefined && { instanceId }), ...inputs };
  return outline?.complete?.(given as Given<Outline["inputs"]>) ?? given;
}

/** Runs a program as the engine does, without an engine, and gives what it registers. */
export async function registrations(program: () => unknown, stack: Stack = {}): Promise<Registration[]> {
  const { config = {}, preview = false, outputs = {}, engine } = stack;
  const found: Registration[] = [];
  pulumi.runtime.setAllConfig({ ...config });
  pulumi.runtime.resetOptions("project", "stack", -1, engine ?? "", "mock", preview, "");
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, id, inputs, provider = "" }) => {
        if (type !== pulumi.runtime.rootPulumiStackTypeName) {
          found.push({ type, name, id: id || undefined, inputs });
        }
        const surroundings = found.find(({ name: one }) => provider.includes(`::${one}::`))?.inputs ?? config;
        return {
          id: id || `${name}-id`,
          state: { ...(engine ? checked(type, inputs, surroundings) : inputs), ...outputs },
        };
      },
      call: ({ inputs }) => inputs,
    },
    "project",
    "stack",
    preview,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
  });
  await pulumi.runtime.disconnect();
  return found;
}

/** What a program fails with, at once or in an output. */
export async function failureOf(program: () => unknown, stack: Stack = {}): Promise<unknown> {
  // A rejected output is nobody's to handle: the engine's own runner listens for it too.
  const others = process.rawListeners("unhandledRejection") as NodeJS.UnhandledRejectionListener[];
  const unhandled: unknown[] = [];
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error) => unhandled.push(error));
  try {
    await registrations(program, stack);
    // Rejections that nobody handled are told after the microtasks of a turn.
    await new Promise(setImmediate);
    return unhandled[0];
  } catch (error) {
    return error;
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of others) process.on("unhandledRejection", listener);
  }
}

/** The value of an output, and whether it is secret. */
export async function outputOf<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const [value, secret] = await Promise.all([
    new Promise<T>((resolve) => output.apply((known) => resolve(known as T))),
    pulumi.isSecret(output),
  ]);
  return { value, secret };
}
