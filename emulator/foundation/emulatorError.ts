/**
 * What an emulator refuses to whoever starts or steers it, apart from mistakes of its own. `kind` tells them apart, also between
 * two copies of this module:
 *
 * - `input`: an option, a seed, a fault or a time makes no sense; the message names the place
 * - `dataFolder`: the folder is in use, damaged, or cannot be written
 * - `port`: a port is taken, or may not be used
 */
export class EmulatorError extends Error {
  override readonly name: string = "EmulatorError";

  constructor(
    readonly kind: "input" | "dataFolder" | "port",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
