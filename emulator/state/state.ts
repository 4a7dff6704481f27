import type { Assumptions } from "../facts/assumptions";
import type { Edition } from "../facts/editions";
import { GroupedMap } from "../foundation/groupedMap";
import { SortedMap } from "../foundation/sortedMap";
import type { Certificate } from "./certificates";
import type { RamPolicy } from "./ramPolicyForm";

/** A key pair of an account. With a security token it is a temporary one, and every request must carry the token. */
export interface AccessKey {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
  /** All that it may do; without one it may do everything. */
  readonly policy?: RamPolicy;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Group {
  readonly groupId: string;
  readonly createTime: number;
  readonly updateTime: number;
  readonly tags: readonly Tag[];
}

export interface DeviceCredential {
  readonly clientId: string;
  readonly deviceAccessKeyId: string;
  readonly deviceAccessKeySecret: string;
  readonly createTime: number;
  readonly updateTime: number;
}

export type CertificateStatus = "active" | "inactive";

export interface DeviceCertificate {
  readonly caSn: string;
  readonly certificate: Certificate;
  readonly status: CertificateStatus;
}

export interface CaCertificate {
  readonly caName: string;
  readonly certificate: Certificate;
  readonly registrationCode: string;
  readonly verificationContent: string;
  readonly status: CertificateStatus;
}

/** A registration code that was given out. */
export interface RegisterCode {
  readonly code: string;
  readonly used: boolean;
}

export type TokenActions = "R" | "W" | "R,W";

/** A temporary password for some topics. Revoking one removes it. */
export interface Token {
  readonly token: string;
  readonly topics: readonly string[];
  readonly actions: TokenActions;
  readonly expireTime: number;
}

export type IdentityType = "USER" | "CLIENT";

/** Who may log in by custom authentication: a user name, or a user name as one client only. */
export interface CustomAuthIdentity {
  readonly identityType: IdentityType;
  readonly username: string;
  /** Empty for a user name. */
  readonly clientId: string;
  readonly signMode: "SIGNED" | "ORIGIN";
  readonly secret: string;
}

/** What a user name or a client that logged in by custom authentication may do with a topic. */
export interface CustomAuthPermission {
  readonly identityType: IdentityType;
  /** A user name or a client id. */
  readonly identity: string;
  /** A topic or a topic filter. */
  readonly topic: string;
  readonly permitAction: "PUB" | "SUB" | "PUB_SUB";
  readonly effect: "ALLOW" | "DENY";
}

/** A client that custom authentication turns away. */
export interface CustomAuthConnectBlack {
  readonly clientId: string;
}

/** The certificate a broker is to show by server name; that of `*` is for every other name. */
export interface SniCertificate {
  readonly domain: string;
  readonly certificateId: string;
  readonly password?: string;
}

/** A network from which an instance is closed. */
export interface ClosedAccess {
  readonly network: "public";
  readonly since: number;
}

/** A client that is connected. What disconnects it belongs to whoever accepted the connection. */
export interface Session {
  readonly disconnect: () => void;
  /** Told when any token of the instance is revoked. */
  readonly tokenRevoked?: (token: string) => void;
}

/** A client that a seed takes as connected, without a connection behind it. */
export const takenAsConnected: Session = { disconnect: () => {} };

export interface InstanceProperties {
  readonly instanceId: string;
  readonly instanceName: string;
  /** The account that owns the instance. */
  readonly accountId: string;
  readonly createTime: number;
  readonly expireTime: number;
  /** Names are unique within the instance; otherwise across all instances that are not independent. */
  readonly independentNaming: boolean;
  readonly topics: readonly string[];
  readonly edition: Edition;
  /** Connections the instance was bought for; what custom authentication may hold is counted by it. */
  readonly maxConnections?: number;
  readonly maxDeviceCredentials?: number;
  readonly maxCaCertificates?: number;
}

/**
 * One instance of the service with all it holds. Records are immutable: every change is a `set` or `delete` of the
 * collection, which is how a data folder learns of it.
 */
export class Instance {
  readonly groups = new SortedMap<Group>();
  /** By group and client id. They are kept apart from the group: one assumption lets them outlive it. */
  readonly credentials = new GroupedMap<DeviceCredential>();
  readonly caCertificates = new SortedMap<CaCertificate>();
  /** By serial number of the CA and of the device. */
  readonly deviceCertificates = new GroupedMap<DeviceCertificate>();
  /** Registration codes ever given out. */
  readonly registerCodes = new SortedMap<RegisterCode>();
  readonly tags = new SortedMap<Tag>();
  readonly tokens = new SortedMap<Token>();
  readonly customAuthIdentities = new SortedMap<CustomAuthIdentity>();
  readonly customAuthPermissions = new SortedMap<CustomAuthPermission>();
  readonly customAuthConnectBlacks = new SortedMap<CustomAuthConnectBlack>();
  readonly sniCertificates = new SortedMap<SniCertificate>();
  readonly closedAccess = new SortedMap<ClosedAccess>();
  /** Connections, which no data folder keeps. */
  readonly sessions = new Map<string, Session>();

  constructor(readonly properties: InstanceProperties) {}
}

/** Everything the service knows. */
export interface State {
  readonly regionId: string;
  readonly assumptions: Assumptions;
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  readonly instances: SortedMap<Instance>;
}
