/** What the page is told: plain JSON without any secret. The browser's modules know these types too, so nothing is imported here. */

/** A part of a list that may be long. */
export interface Page<T> {
  /** In the whole list. */
  readonly total: number;
  /** From 1; the last one where a later one was asked for. */
  readonly page: number;
  readonly pages: number;
  readonly rows: readonly T[];
}

export interface GroupRow {
  readonly groupId: string;
  readonly createTime: number;
  readonly credentials: number;
  readonly online: number;
}

/** Times are milliseconds of the emulator's clock. */
export interface CertificateRow {
  readonly deviceSn: string;
  readonly caSn: string;
  readonly commonName: string;
  readonly status: "active" | "inactive";
  readonly validBegin: number;
  readonly validEnd: number;
}

export interface DeviceRow {
  readonly clientId: string;
  readonly isOnline: boolean;
  /** Logins that were refused since it was last let in, and why the last one was. */
  readonly refused: { readonly count: number; readonly reason: string } | null;
  /** When its credential was issued or renewed; null for a device without one. */
  readonly credentialTime: number | null;
  /** The certificate whose common name is the client id or the device id, the best one of several. */
  readonly certificate: CertificateRow | null;
}

export interface CaRow {
  readonly caSn: string;
  readonly caName: string;
  readonly status: "active" | "inactive";
  readonly validBegin: number;
  readonly validEnd: number;
  readonly deviceCertificates: number;
}

export interface InstanceView {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly edition: string;
  readonly topics: readonly string[];
  readonly expireTime: number;
  readonly credentials: number;
  readonly online: number;
  /** Since the start or the last reset. */
  readonly refusedLogins: number;
  /** Of devices, whatever CA is asked for. */
  readonly certificates: number;
  readonly groups: Page<GroupRow>;
  readonly devices: Page<DeviceRow>;
  readonly caCertificates: Page<CaRow>;
  readonly deviceCertificates: Page<CertificateRow>;
}

export interface FaultView {
  readonly id: string;
  readonly action: string;
  readonly code?: string;
  readonly object?: string;
  readonly skip?: number;
  readonly times: number | null;
  readonly probability: number;
  readonly delayMs: number;
  readonly effect: "none" | "before" | "after" | "silent" | "stall";
  /** That the answer is another than the service's, whatever it is. */
  readonly answer?: object;
  /** That a request that is lost arrives nonetheless, whenever it is. */
  readonly late?: object | string;
}

export interface QuotasView {
  readonly enabled: boolean;
  readonly actions: readonly {
    readonly accountId: string;
    readonly action: string;
    readonly callsPerSecond: number;
    readonly used: number;
  }[];
  readonly addresses: readonly {
    readonly address: string;
    readonly callsPerSecond: number;
    readonly used: number;
    readonly blockedUntil: string | null;
  }[];
}

export interface JournalRow {
  /** ISO 8601, wall clock. */
  readonly time: string;
  readonly action: string;
  readonly status: number;
  readonly code: string | null;
  readonly instanceId: string | null;
  readonly object: string | null;
  /** Only of what happened to a device. */
  readonly kind?: string;
  readonly reason?: string;
}

export interface View {
  readonly version: string;
  readonly regionId: string;
  /** Of the first key pair, with which a stack can be pointed here. */
  readonly accessKeyId: string;
  readonly instances: readonly { readonly instanceId: string; readonly instanceName: string }[];
  /** Where devices connect; null when no broker is running. */
  readonly broker: {
    readonly urls: { readonly mqtt: string; readonly mqtts: string; readonly ws: string };
    readonly caFile: string;
  } | null;
  /** The one that was asked for, else the first; null when there is none. */
  readonly instance: InstanceView | null;
  readonly faults: readonly FaultView[];
  readonly quotas: QuotasView;
  /** Oldest first. */
  readonly journal: readonly JournalRow[];
}

/** What a fault can be made of. */
export interface Choices {
  readonly actions: readonly string[];
  /** What the journal has besides. */
  readonly deviceActions: readonly string[];
  readonly codes: readonly string[];
  readonly loginAction: string;
  readonly loginCodes: readonly string[];
}

/** What a device logs in with, and where. */
export interface DeviceSecret {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly deviceAccessKeyId: string;
  readonly deviceAccessKeySecret: string;
  /** A command line that does it. */
  readonly mosquittoPub?: string;
}

export interface AccountSecret {
  readonly accessKeySecret: string;
}
