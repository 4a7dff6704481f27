import { isDeepStrictEqual } from "node:util";
import type { DynamicProvider } from "../../provider/dynamicProvider";
import { type Failure, type Props, unmarked } from "../provider/world";

/** A resource as the engine keeps it in a stack's state. */
export interface Entry {
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
  /** Set when the last create or update failed half way: the next `up` calls update, whatever the inputs say. */
  readonly isHalfMade: boolean;
}

const stub = { __provider: "exports.handler=()=>undefined;" };

/**
 * A stack with at most one resource, and what the engine does with it: which verbs it calls, and what of their answers
 * and failures it keeps. As seen of CLI 3.259 with SDK 3.248.
 */
export class StackModel {
  entry: Entry | undefined;
  /** Everything that the engine would show or store in clear: errors, reasons, ids. */
  readonly shown: string[] = [];

  /** `pulumi up` of a program that declares the resource so. Gives what the engine calls it, or fails as it does. */
  async up(provider: DynamicProvider, program: Props): Promise<"created" | "updated" | "unchanged"> {
    const { entry } = this;
    const { inputs = {}, failures = [] } = await provider.check(entry?.inputs ?? {}, { ...program, ...stub });
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join());
    const news = { ...inputs, ...stub };
    if (!entry) {
      await this.#keeping(news, undefined, async () => {
        const { id, outs } = await provider.create(news);
        return { id: String(id), inputs: news, outputs: { ...outs, ...stub }, isHalfMade: false };
      });
      return "created";
    }
    const { changes } = await provider.diff(entry.id, entry.outputs, news);
    const isChanged = changes ?? !isDeepStrictEqual(entry.inputs, news);
    if (!isChanged && !entry.isHalfMade) {
      this.entry = { ...entry, inputs: news };
      return "unchanged";
    }
    await this.#keeping(news, entry.id, async () => {
      const { outs } = await provider.update(entry.id, entry.outputs, news);
      return { id: entry.id, inputs: news, outputs: { ...outs, ...stub }, isHalfMade: false };
    });
    return "updated";
  }

  /** `pulumi refresh`. */
  async refresh(provider: DynamicProvider): Promise<void> {
    const { entry } = this;
    if (!entry) return;
    const { id, props, inputs } = await this.#noting(() => provider.read(entry.id, entry.outputs));
    this.entry = id
      ? {
          id: String(id),
          inputs: inputs ? { ...inputs, ...stub } : entry.inputs,
          outputs: { ...unmarked(props), ...stub },
          isHalfMade: false,
        }
      : undefined;
  }

  /** `pulumi destroy`. */
  async destroy(provider: DynamicProvider): Promise<void> {
    const { entry } = this;
    if (!entry) return;
    await this.#noting(() => provider.delete(entry.id, entry.outputs));
    this.entry = undefined;
  }

  async #keeping(news: Props, id: string | undefined, work: () => Promise<Entry>): Promise<void> {
    try {
      this.entry = await this.#noting(work);
      this.shown.push(this.entry.id);
    } catch (error) {
      const { id: made, properties } = error as Failure;
      if (made !== undefined) {
        this.entry = { id: id ?? made, inputs: news, outputs: { ...properties }, isHalfMade: true };
      }
      throw error;
    }
  }

  async #noting<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const { message, id, reasons = [] } = error as Failure;
      this.shown.push(message, id ?? "", ...reasons);
      throw error;
    }
  }
}
