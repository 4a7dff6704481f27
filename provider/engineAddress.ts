/** Where the engine of this provider process listens: its last argument, or undefined in any other process. */
export function engineAddress(args: readonly string[] = process.argv): string | undefined {
  const last = args.at(-1);
  return last !== undefined && /^[\w.-]+:\d+$/.test(last) ? last : undefined;
}
