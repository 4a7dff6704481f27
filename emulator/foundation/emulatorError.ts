/** What is wrong, and of which kind it is. */
const kinds = {
  /** An option, a seed, a fault or a time makes no sense; the message names the place. */
  INVALID_INPUT: "input",
  /** An option of `startEmulator` that it does not have. */
  UNKNOWN_OPTION: "input",
  /** A port is taken. */
  EADDRINUSE: "port",
  /** A port may not be used by this user. */
  EACCES: "port",
  /** Another emulator uses the data folder. */
  DATA_FOLDER_IN_USE: "dataFolder",
  /** The data folder holds something else than was written. */
  DATA_FOLDER_DAMAGED: "dataFolder",
  /** The data folder cannot be written; what it could not keep has not happened. */
  DATA_FOLDER_UNWRITABLE: "dataFolder",
} as const;

export type EmulatorErrorCode = keyof typeof kinds;
export type EmulatorErrorKind = (typeof kinds)[EmulatorErrorCode];

/**
 * What an emulator refuses to whoever starts or steers it, apart from mistakes of its own. `code` and `kind` tell them apart,
 * also between two copies of this module.
 */
export class EmulatorError extends Error {
  override readonly name: string = "EmulatorError";
  readonly kind: EmulatorErrorKind;

  constructor(
    readonly code: EmulatorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.kind = kinds[code];
  }
}
