export { type Emulator, type EmulatorOptions, startEmulator } from "./emulator";
export type { AssumptionId, Assumptions } from "./facts/assumptions";
export { EmulatorError } from "./foundation/emulatorError";
export type {
  ActionFault,
  ActionFaultRequest,
  AnswerChange,
  Fault,
  FaultRequest,
  Lateness,
  LoginFault,
  LoginFaultRequest,
  LoginRefusal,
} from "./service/faultForms";
export type { JournalEntry, JournalFilter } from "./service/journal";
export type { LateRequest } from "./service/lateRequests";
export type { QuotaReport } from "./service/quotas";
export type { Health, TlsConnection, TlsResult } from "./service/service";
export type { Seed } from "./state/seed";
