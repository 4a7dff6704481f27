import { EmulatorError } from "../foundation/emulatorError";

/** The folder is in use, damaged, or cannot be written. What it could not keep has not happened. */
export class DataFolderError extends EmulatorError {
  constructor(message: string, cause?: unknown) {
    super("dataFolder", message, { cause });
  }
}
