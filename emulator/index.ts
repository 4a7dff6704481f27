export { type Emulator, type EmulatorOptions, startEmulator } from "./emulator";
export type { AssumptionId, Assumptions } from "./facts/assumptions";
export type {
  ActionFault,
  ActionFaultRequest,
  Fault,
  FaultRequest,
  LoginFault,
  LoginFaultRequest,
  LoginRefusal,
} from "./service/faults";
export type { JournalEntry, JournalFilter } from "./service/journal";
export type { QuotaReport } from "./service/quotas";
export type { Health, TlsConnection, TlsResult } from "./service/service";
export type { Seed } from "./state/seed";
