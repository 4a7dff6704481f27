export type { AssumptionId, Assumptions } from "./assumptions";
export { type Emulator, type EmulatorOptions, startEmulator } from "./emulator";
export type {
  ActionFault,
  ActionFaultRequest,
  Fault,
  FaultRequest,
  LoginFault,
  LoginFaultRequest,
  LoginRefusal,
} from "./faults";
export type { JournalEntry, JournalFilter } from "./journal";
export type { QuotaReport } from "./quotas";
export type { Seed } from "./seed";
export type { Health, TlsConnection, TlsResult } from "./service";
