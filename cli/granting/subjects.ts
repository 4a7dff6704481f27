import { unknown } from "../../kinds/fields";
import type { Outline } from "../../kinds/outline";
import { previewFrom, type Step } from "../reviewing/preview";
import { nameOf, readDocument, type Source } from "../stacks/document";
import type { Shown, Values } from "../stacks/resource";
import { readStates } from "../stacks/sources";
import { type StackEntry, stackStateFrom } from "../stacks/stackState";

/** An object that a stack has, or that an up of its program will make. */
export interface Subject {
  readonly outline: Outline;
  readonly instanceId: string;
  readonly inputs: Shown;
  /** Whether the program only reads it. */
  readonly isRead: boolean;
  /** Where it stands, for people. */
  readonly text: string;
}

export interface Subjects {
  readonly subjects: readonly Subject[];
  /** What keeps parts of the documents from being understood, a sentence each. */
  readonly gaps: readonly string[];
}

const whatItIs = "what `pulumi stack export` or `pulumi preview --json` prints";

/** All that documents tell of, states and previews, and all of stacks that the CLI exports. */
export async function readSubjects(
  documents: readonly Source[],
  stacks: readonly string[],
  folder: string,
): Promise<Subjects> {
  const parts: Subjects[] = [];
  for (const source of documents) {
    const document = await readDocument(source, whatItIs);
    parts.push(
      "steps" in document
        ? subjectsOfPreview(document, nameOf(source))
        : subjectsOf(await stackStateFrom(document, nameOf(source))),
    );
  }
  if (stacks.length > 0 || documents.length === 0) {
    parts.push(...(await readStates({ documents: [], stacks, folder })).map(subjectsOf));
  }
  return { subjects: parts.flatMap((part) => part.subjects), gaps: parts.flatMap((part) => part.gaps) };
}

function subjectsOf({ entries, gaps }: { entries: readonly StackEntry[]; gaps: readonly string[] }): Subjects {
  const subjects = entries.map(({ outline, place, inputs, role, urn, id }) => ({
    outline,
    instanceId: place.instanceId,
    inputs,
    isRead: role === "read",
    text: `${urn}: its id ${id}`,
  }));
  return { subjects, gaps };
}

function subjectsOfPreview(document: Values, source: string): Subjects {
  const { steps, isWhole, gaps } = previewFrom(document, source);
  const lack = `${source} does not tell what stays as it is: let the preview say --show-sames.`;
  return { subjects: steps.flatMap(subjectsOfStep), gaps: isWhole ? gaps : [...gaps, lack] };
}

/** The object that is there, and the one that the program declares. */
function subjectsOfStep({ op, urn, kind: { outline }, old, inputs }: Step): Subject[] {
  const subject = (instanceId: unknown, values: Values): Subject => ({
    outline,
    instanceId: typeof instanceId === "string" ? instanceId : "",
    inputs: shownOf(values),
    isRead: false,
    text: `${urn}: it`,
  });
  return [
    ...(old ? [subject(old.place.instanceId, old.state)] : []),
    ...(op === "delete" ? [] : [subject(inputs.instanceId, inputs)]),
  ];
}

/** What is not known before apply may be anything, as what is hidden. */
function shownOf(values: Values): Shown {
  const all = Object.entries(values);
  return {
    values: Object.fromEntries(all.filter(([, value]) => value !== unknown)),
    hidden: new Set(all.filter(([, value]) => value === unknown).map(([name]) => name)),
  };
}
