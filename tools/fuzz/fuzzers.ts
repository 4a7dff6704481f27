import type { Fuzzer } from "./fuzzer";
import { fuzzHttp } from "./httpFuzzer";
import { fuzzMqtt } from "./mqttFuzzer";

/** All there are, by protocol. */
export const fuzzers: Readonly<Record<string, Fuzzer>> = { http: fuzzHttp, mqtt: fuzzMqtt };
