/** What trying one route gave: the folder that holds `pulumi`, or why this route is closed here. */
export type Outcome = { readonly bin: string } | { readonly closed: string };

/** One way to a Pulumi CLI. */
export interface Route {
  readonly name: string;
  readonly attempt: () => Promise<Outcome>;
}

/** A CLI and the name of the route that led to it. */
export interface Engine {
  readonly bin: string;
  readonly route: string;
}

/** No route is open on this machine. */
export class NoEngineError extends Error {
  override readonly name = "NoEngineError";
}

/** Takes the first open route; a route behind it is not even tried. */
export async function firstOpen(routes: readonly Route[]): Promise<Engine> {
  const closed: string[] = [];
  for (const { name, attempt } of routes) {
    const outcome = await attempt();
    if ("bin" in outcome) return { bin: outcome.bin, route: name };
    closed.push(`  ${closed.length + 1}. ${name}: ${outcome.closed}`);
  }
  throw new NoEngineError(
    [
      "No Pulumi CLI, and no way to get one here:",
      ...closed,
      "Open one of these ways, or install the CLI as https://www.pulumi.com/docs/iac/download-install/ says.",
    ].join("\n"),
  );
}
