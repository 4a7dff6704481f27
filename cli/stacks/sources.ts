import { pulumi } from "../pulumi";
import { nameOf, readDocument, type Source } from "./document";
import { exportedState, type StackEntry, type StackState, stackStateFrom } from "./stackState";

/** Where the states of stacks come from: documents, and stacks of the project in a folder. */
export interface StateSources {
  readonly documents: readonly Source[];
  readonly stacks: readonly string[];
  readonly folder: string;
}

/**
 * The states of all that is named; of the selected stack of the folder when nothing is.
 *
 * @param take is given each entry as soon as it is read
 */
export async function readStates(
  { documents, stacks, folder }: StateSources,
  take?: (entry: StackEntry) => void,
): Promise<StackState[]> {
  const states: StackState[] = [];
  for (const source of documents) {
    states.push(await stackStateFrom(await readDocument(source, exportedState), nameOf(source), take));
  }
  const isUnnamed = documents.length + stacks.length === 0;
  for (const stack of isUnnamed ? [undefined] : stacks) {
    const exported = await pulumi(["stack", "export", ...(stack === undefined ? [] : ["--stack", stack])], folder);
    states.push(await stackStateFrom(JSON.parse(exported), stack ?? "the selected stack", take));
  }
  return states;
}
