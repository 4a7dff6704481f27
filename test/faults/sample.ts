import { existsSync } from "node:fs";
import { join } from "node:path";
import { kinds } from "../../kinds";
import type { Outline } from "../../kinds/outline";
import type { Instance, KindName, Props } from "../provider/world";
import type { Variant } from "./operations";

/** A valid object of one kind, from which the fault table makes all of the kind's operations. */
export interface Sample {
  readonly inputs: Props;
  /** Variables of the environment that they name; the values are secret. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Inputs that make another thing of it in place, beside those of few options, which are tried one by one. */
  readonly change?: Props;
  /** What some of those options need beside them. */
  readonly beside?: Readonly<Record<string, Props>>;
  /** What the service holds when it is not there. */
  readonly without: Partial<Instance>;
  /** What the service holds when it is. */
  readonly holding: Partial<Instance>;
  /** What it holds after somebody else has changed the object. */
  readonly drifted?: Partial<Instance>;
  /** Set when no action of the service makes one. */
  readonly isOnlyFound?: true;
  /** Inputs and outputs as the service has them, as far as state has to agree; undefined when the object is not there. */
  readonly facts: (instance: Instance) => Props | undefined;
  /** Whether a fact tells of some parts of the object what state tells of all of them. */
  readonly isPartOf?: (fact: unknown, inState: unknown) => boolean;
  /** Secrets that the service holds of it, where its facts do not have them. */
  readonly secrets?: (instance: Instance) => readonly string[];
  /** The facts that a destroy with these inputs leaves behind. Default: none. */
  readonly leaves?: (inputs: Props) => Props | undefined;
  /** Whether state may hold no secret of an object with these inputs. Default: it may. */
  readonly keepsSecretsOut?: (inputs: Props) => boolean;
  /** What users do besides. */
  readonly more?: readonly Variant[];
}

/** A kind, and the sample of it that `samples/<kind>.ts` makes. */
export interface SampledKind {
  readonly name: KindName;
  readonly outline: Outline;
  readonly sample: Sample;
}

export async function sampledKinds(): Promise<SampledKind[]> {
  return Promise.all(
    Object.entries(kinds).map(async ([name, outline]) => {
      if (!existsSync(join(__dirname, `samples/${name}.ts`))) {
        throw new Error(`Write test/faults/samples/${name}.ts (step 6 of CONTRIBUTING.md)`);
      }
      const { sample }: { sample: () => Promise<Sample> } = await import(`./samples/${name}`);
      // A table of any kind may stand for one of fields that nobody knows more of.
      return { name: name as KindName, outline: outline as unknown as Outline, sample: await sample() };
    }),
  );
}
