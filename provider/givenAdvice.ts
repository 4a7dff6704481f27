import { MqttProviderError } from "./errors";

/** What a run has advised so far. Where many objects fail for one reason, one failure says what to do and the others say which. */
export class GivenAdvice {
  /** By the advice, the object whose failure gave it. */
  readonly #objects = new Map<string, string>();

  /** The failure as it is to be shown: with its advice, or with where that is when that is shorter. */
  once(error: MqttProviderError): MqttProviderError {
    const object = this.#objects.get(error.advice);
    if (object === undefined) {
      this.#objects.set(error.advice, error.object);
      return error;
    }
    const pointer = `What to do: see an error about ${object}`;
    return pointer.length < error.advice.length ? new MqttProviderError({ ...error, advice: pointer }) : error;
  }
}
