export type { AssumptionId, Assumptions } from "./assumptions";
export { type Emulator, type EmulatorOptions, startEmulator } from "./emulator";
export type { Fault, FaultRequest } from "./faults";
export type { JournalEntry, JournalFilter } from "./journal";
export type { Seed } from "./seed";
export type { TlsConnection, TlsResult } from "./service";
