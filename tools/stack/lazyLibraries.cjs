// Preloaded into programs and provider processes of tests: Pulumi's SDK loads two large libraries when it starts, and uses
// them only to serialise functions, which no program here asks for. So they are loaded when they are used, if ever: a
// third of what a command of the CLI costs.
const Module = require("node:module");

const lazy = new Set(["typescript", "@npmcli/arborist"]);
/** @type {{ _load: (request: string, ...rest: unknown[]) => any }} */
const loader = /** @type {any} */ (Module);
const load = loader._load;

loader._load = (request, ...rest) => {
  if (!lazy.has(request)) return load.call(Module, request, ...rest);
  // What imports a module asks for __esModule before anything is used.
  return new Proxy({}, { get: (_, name) => name === "__esModule" || load.call(Module, request, ...rest)[name] });
};
