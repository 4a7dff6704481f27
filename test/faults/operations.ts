import { isDeepStrictEqual } from "node:util";
import type { Outline } from "../../kinds/outline";
import type { Instance, KindName, Props } from "../provider/world";
import { type Sample, type SampledKind, sampledKinds } from "./sample";

/** Something that a user does with a stack of one resource, in a world that is as they left it. */
interface Deed {
  readonly name: string;
  readonly config?: Readonly<Record<string, string>>;
  /** The programs that made the stack, in order; left out when there is none yet. */
  readonly before?: readonly Props[];
  /** What somebody else makes of the service then. */
  readonly meanwhile?: Partial<Instance>;
  /** Whether the object is then not there. */
  readonly isGone?: boolean;
  /** The program of the operation; left out where no program is asked. */
  readonly program?: Props;
  readonly act: "up" | "refresh" | "destroy";
  /** Whether the object that the service holds at the start must come through with its secrets. */
  readonly keeps?: boolean;
  /** Whether the next `up` must fail in the end: what it needs is not there. */
  readonly endsRefused?: boolean;
}

/** An operation as a sample tells of it: its programs say what they have beside the sample's inputs. */
export interface Variant extends Omit<Deed, "before"> {
  /** The program that made the stack, or several in order; left out when there is none yet. */
  readonly before?: Props | readonly Props[];
  /** Whether the object is there at the start. Default: it is. */
  readonly at?: "nothing";
  /** What the service holds at the start besides. */
  readonly seed?: Partial<Instance>;
}

export interface Operation extends Deed {
  readonly kind: KindName;
  readonly outline: Outline;
  readonly sample: Sample;
  /** Outputs of the kind, which state always has to have as the service has them. */
  readonly outputs: readonly string[];
  readonly secrets: readonly string[];
  /** What the service holds before anything is done. */
  readonly seed: Partial<Instance>;
}

/** All operations of all kinds. */
export async function operations(): Promise<Operation[]> {
  return (await sampledKinds()).flatMap(operationsOf);
}

/** The operations that follow from a kind's outline and its sample. */
function operationsOf({ name: kind, outline, sample }: SampledKind): Operation[] {
  const { inputs, outputs } = outline;
  const fields = Object.entries({ ...inputs, ...outputs });
  const { change, without, holding, drifted, isOnlyFound, more = [] } = sample;
  const policies = inputs.ifExists?.options ?? [undefined];
  const adopting = { ...sample.inputs, ...(inputs.ifExists && { ifExists: "adopt" }) };

  /** Inputs of few options that act in place, each with every value that it does not have. */
  const choices = Object.entries(inputs).flatMap(([field, { options = [], replaces, onlyAt }]) =>
    replaces || onlyAt === "create"
      ? []
      : options
          .filter((value) => !isDeepStrictEqual(value, sample.inputs[field]))
          .map((value) => ({ title: `${field} ${value}`, set: { [field]: value, ...sample.beside?.[String(value)] } })),
  );
  const changes = [...(change ? [{ title: "change", set: change }] : []), ...choices];

  const common = { kind, outline, sample, outputs: Object.keys(outputs), seed: holding };
  const gone = { meanwhile: without, isGone: true, endsRefused: isOnlyFound === true };
  const deeds: (Deed & { readonly seed?: Partial<Instance> })[] = [
    ...(isOnlyFound ? [] : [{ name: "create", seed: without, program: sample.inputs, act: "up" } as const]),
    ...policies.map(
      (ifExists) =>
        ({
          name: ["create existing", ifExists].join(" ").trim(),
          program: { ...sample.inputs, ...(ifExists !== undefined && { ifExists }) },
          act: "up",
          keeps: ifExists !== "rotate",
        }) as const,
    ),
    ...changes.flatMap(({ title, set }) => {
      const program = { ...adopting, ...set };
      return [
        { name: `update ${title}`, before: [adopting], program, act: "up" },
        { name: `update ${title}, gone`, before: [adopting], ...gone, program, act: "up" },
        { name: `destroy ${title}`, before: [adopting, program], act: "destroy" },
      ] as const;
    }),
    { name: "refresh", before: [adopting], program: adopting, act: "refresh", keeps: true },
    ...(drifted
      ? [
          {
            name: "refresh drifted",
            before: [adopting],
            meanwhile: drifted,
            program: adopting,
            act: "refresh",
          } as const,
        ]
      : []),
    { name: "refresh gone", before: [adopting], ...gone, program: adopting, act: "refresh" },
    { name: "destroy", before: [adopting], act: "destroy" },
    { name: "destroy gone", before: [adopting], ...gone, act: "destroy" },
    ...more.map(({ at, seed, before, program, ...deed }) => ({
      ...deed,
      seed: { ...(at === "nothing" ? without : holding), ...seed },
      ...(before && { before: [before].flat().map((one) => ({ ...adopting, ...one })) }),
      ...(program && { program: { ...(before ? adopting : sample.inputs), ...program } }),
    })),
  ];
  const secrets = fields.filter(([, { secret }]) => secret).map(([field]) => field);
  return deeds.map((deed) => ({ ...common, secrets, ...deed, name: `${kind} ${deed.name}` }));
}
