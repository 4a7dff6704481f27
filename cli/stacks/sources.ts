import { pulumi } from "../pulumi";
import { nameOf, readDocument, type Source } from "./document";
import { exportedState, type StackState, stackStateFrom } from "./stackState";

/** Where the states of stacks come from: documents, and stacks of the project in a folder. */
export interface StateSources {
  readonly documents: readonly Source[];
  readonly stacks: readonly string[];
  readonly folder: string;
}

/** The states of all that is named; of the selected stack of the folder when nothing is. */
export async function readStates({ documents, stacks, folder }: StateSources): Promise<StackState[]> {
  const states: StackState[] = [];
  for (const source of documents) {
    states.push(stackStateFrom(await readDocument(source, exportedState), nameOf(source)));
  }
  const isUnnamed = documents.length + stacks.length === 0;
  for (const stack of isUnnamed ? [undefined] : stacks) {
    const exported = await pulumi(["stack", "export", ...(stack === undefined ? [] : ["--stack", stack])], folder);
    states.push(stackStateFrom(JSON.parse(exported), stack ?? "the selected stack"));
  }
  return states;
}
