import type { Assumptions } from "./assumptions";
import type { Certificate } from "./certificates";
import { SortedMap } from "./sortedMap";

/** A key pair of an account. With a security token it is a temporary one, and every request must carry the token. */
export interface AccessKey {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
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
  status: CertificateStatus;
}

export interface CaCertificate {
  readonly caName: string;
  readonly certificate: Certificate;
  readonly registrationCode: string;
  readonly verificationContent: string;
  status: CertificateStatus;
  readonly deviceCertificates: SortedMap<DeviceCertificate>;
}

/** A client that is connected. What disconnects it belongs to whoever accepted the connection. */
export interface Session {
  readonly disconnect: () => void;
}

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
  readonly tags: readonly Tag[];
  readonly maxDeviceCredentials?: number;
  readonly maxCaCertificates?: number;
}

/** One instance of the service with all it holds. */
export class Instance {
  readonly groups = new SortedMap<Group>();
  readonly caCertificates = new SortedMap<CaCertificate>();
  /** Registration codes ever given out, with whether they have been used. */
  readonly registerCodes = new Map<string, { used: boolean }>();
  readonly sessions = new Map<string, Session>();
  readonly #credentials = new Map<string, SortedMap<DeviceCredential>>();

  constructor(readonly properties: InstanceProperties) {}

  /** The credentials of a group by client id. They are kept apart from the group: one assumption lets them outlive it. */
  credentialsOf(groupId: string): SortedMap<DeviceCredential> {
    return this.#credentials.get(groupId) ?? new SortedMap();
  }

  /** Adds or replaces a credential; only here does a group get its map, so that asking for any group costs nothing. */
  putCredential(groupId: string, credential: DeviceCredential): void {
    const credentials = this.credentialsOf(groupId);
    credentials.set(credential.clientId, credential);
    this.#credentials.set(groupId, credentials);
  }

  removeCredentialsOf(groupId: string): void {
    this.#credentials.delete(groupId);
  }

  allCredentials(): DeviceCredential[] {
    return [...this.#credentials.values()].flatMap((credentials) => credentials.values());
  }

  get credentialCount(): number {
    let count = 0;
    for (const credentials of this.#credentials.values()) count += credentials.size;
    return count;
  }
}

/** Everything the service knows. */
export interface State {
  readonly regionId: string;
  readonly assumptions: Assumptions;
  readonly accessKeys: ReadonlyMap<string, AccessKey>;
  readonly instances: SortedMap<Instance>;
}
