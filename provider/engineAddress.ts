/** Where the engine of this provider process listens: its last argument. Undefined in any other process. */
export function engineAddress(args: readonly string[] = process.argv): string | undefined {
  const [, script, ...rest] = args;
  const last = rest.at(-1);
  const isProviderProcess = script !== undefined && /[\\/]dynamic-provider([\\/]index\.js)?$/.test(script);
  return isProviderProcess && last !== undefined && /^[\w.-]+:\d+$/.test(last) ? last : undefined;
}
