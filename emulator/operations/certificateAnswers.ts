import type { Assumptions } from "../facts/assumptions";
import { ServiceError } from "../facts/errors";
import type { CertificateStatus } from "../state/state";
import type { Context } from "./action";

/** What all certificate actions share. */
export const certificateAction = { callsPerSecond: 500, invalidParameter: "ParameterFieldCheckFailed" } as const;

/** Status on the wire (documented). */
export const statusCode: Readonly<Record<CertificateStatus, string>> = { inactive: "0", active: "1" };

interface Page {
  readonly PageNo: number;
  readonly PageSize: number;
  readonly Total: number;
  /** Index of the first record of the page. */
  readonly start: number;
}

/** Page numbers are integers in the answers of certificate actions, and `Total` may count pages (documented). */
export function page(
  { PageNo, PageSize }: { readonly PageNo: number; readonly PageSize: number },
  records: number,
  totalOf: Assumptions["certificateTotal"],
): Page {
  const Total = totalOf === "pages" ? Math.ceil(records / PageSize) : records;
  return { PageNo, PageSize, Total, start: (PageNo - 1) * PageSize };
}

export function pemText({ state }: Context, pem: string): string {
  return state.assumptions.pemLineBreaks === "backslashN" ? pem.replaceAll("\n", "\\n") : pem;
}

export function checkDeletable({ state }: Context, status: CertificateStatus): void {
  if (status === "active" && state.assumptions.deleteActiveCertificate === "refused") {
    throw new ServiceError("ParameterFieldCheckFailed");
  }
}
