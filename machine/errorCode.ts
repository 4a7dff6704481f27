/** The code of a failed system call, such as `ENOENT`; undefined for an error of another sort. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
