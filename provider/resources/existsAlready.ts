import { MqttProviderError } from "../errors";

/** The refusal to create what is there already; `others` says what can be done beside adopting it. */
export function existsAlready(object: string, others = ""): MqttProviderError {
  return new MqttProviderError({
    kind: "Conflict",
    action: "Create",
    object,
    problem: "it exists already",
    advice:
      'If the resource was renamed in the program, give it `aliases: [{ name: "<old name>" }]`. ' +
      `To take it over as it is set ifExists to "adopt"${others}; ` +
      "`pulumi config set apsaramq:ifExists adopt` does so for the whole stack, also after an interrupted run",
  });
}
