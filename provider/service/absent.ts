import { kindOf } from "../errors";

/** The result of a call, or undefined when the service says that the object does not exist. */
export async function absentIsUndefined<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (kindOf(error) === "NotFound") {
      return undefined;
    }
    throw error;
  }
}
