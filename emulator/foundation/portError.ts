import { EmulatorError } from "./emulatorError";

/** Listens, and says of a port that cannot be had how to choose another one. */
export async function listening<T>(
  work: Promise<T>,
  { port, option }: { readonly port: number; readonly option: string },
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const why = code === "EADDRINUSE" ? "is taken, perhaps by another emulator" : "may not be used by this user";
    const way = `choose another one with ${option}, 0 for any that is free`;
    throw new EmulatorError(code, `${code}: port ${port} of 127.0.0.1 ${why}; ${way}`, { cause: error });
  }
}
