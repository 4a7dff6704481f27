export type { AssumptionId, Assumptions } from "./facts/assumptions";
export { EmulatorError, type EmulatorErrorCode, type EmulatorErrorKind } from "./foundation/emulatorError";
export { type Emulator, type EmulatorOptions, startEmulator } from "./front/emulator";
export type { AddedGroup, DeviceRequest, GroupRequest } from "./service/additions";
export type { DeviceLogin } from "./service/deviceLogin";
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
