import { typeOf } from "../../kinds/inState";

type Props = Readonly<Record<string, unknown>>;

/** A step of a preview, as far as this package's resources go. */
export interface PreviewedStep {
  readonly op: string;
  readonly kind: string;
  readonly name: string;
  /** What state has; left out when there is none yet. */
  readonly old?: {
    readonly id: string;
    readonly inputs: Props;
    readonly outputs?: Props;
    readonly [more: string]: unknown;
  };
  /** What the program says; left out when it says nothing. */
  readonly inputs?: Props;
  readonly [more: string]: unknown;
}

/** What `pulumi preview --json --show-sames` would print. */
export function previewed(
  steps: readonly PreviewedStep[],
  { stack = "prod", project = "plant", ...more }: { stack?: string; project?: string; [member: string]: unknown } = {},
): object {
  const urnOf = (type: string, name: string) => `urn:pulumi:${stack}::${project}::${type}::${name}`;
  const provider = `${urnOf("pulumi:providers:pulumi-nodejs", "default")}::6010d890-8897-49ad-b79c-b2dcbd66d289`;
  const changeSummary: Record<string, number> = {};
  const all = steps.map(({ op, kind, name, old, inputs, ...rest }, index) => {
    changeSummary[op] = (changeSummary[op] ?? 0) + 1;
    const type = kind.includes(":") ? kind : typeOf(kind);
    const urn = urnOf(type, name);
    const common = { urn, type, custom: true, provider, sourcePosition: `project:///index.ts#${index + 1},7` };
    return {
      op,
      urn,
      provider,
      ...(old && { oldState: { ...common, ...old, outputs: { ...old.inputs, ...old.outputs } } }),
      ...(inputs && { newState: { ...common, inputs } }),
      detailedDiff: null,
      ...rest,
    };
  });
  return { config: {}, steps: all, changeSummary, ...more };
}
