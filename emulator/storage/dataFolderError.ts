import { EmulatorError, type EmulatorErrorCode } from "../foundation/emulatorError";

/** The folder is in use, damaged, or cannot be written. What it could not keep has not happened. */
export class DataFolderError extends EmulatorError {
  constructor(code: Extract<EmulatorErrorCode, `DATA_FOLDER_${string}`>, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
