import { ownText } from "../foundation/ownText";
import type { DeviceEventAction, DeviceEventKind } from "../service/journal";
import type { Service } from "../service/service";

/** Something that happened to a device. */
export interface DeviceEvent {
  readonly kind: DeviceEventKind;
  readonly action: DeviceEventAction;
  /** Return code or reason code of MQTT, 0 where there is none. */
  readonly status: number;
  /** In a word; null where all is well. */
  readonly code: string | null;
  readonly instanceId: string | null;
  readonly clientId: string;
  /** Which check failed and what was expected, without any secret. */
  readonly reason: string;
}

/** A client may name itself and its topics as long as it likes. */
const longestName = 128;
const longestReason = 512;

/** Puts what happened to a device into the journal. */
export function tell(service: Service, { clientId, reason, ...event }: DeviceEvent): void {
  const time = new Date(service.wallClock()).toISOString();
  const told = { ...event, object: ownText(clientId, longestName), reason: ownText(reason, longestReason) };
  service.journal.add({ time, ...told });
}

/** As much of a text as people and packets take. */
export function brief(text: string): string {
  return text.slice(0, longestReason);
}
