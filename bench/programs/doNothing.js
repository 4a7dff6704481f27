// The provider side of the baselines. The engine's process fills in the verbs that are left out.

/** @typedef {Readonly<Record<string, string>>} Props */

exports.bare = {
  /** @param {Props} inputs */
  create: async (inputs) => ({ id: "nothing", outs: inputs }),
};

exports.sameSize = {
  /** @param {Props} inputs */
  create: async (inputs) => ({
    id: encodeURIComponent(`${inputs.instanceId}/${inputs.clientId}`),
    outs: { ...inputs, ...outputs(inputs) },
  }),
};

/**
 * Texts as long as those of a device credential; the secrets differ from resource to resource.
 * @param {Props} inputs
 */
function outputs({ instanceId = "", clientId = "" }) {
  const time = "2026-01-01T00:00:00.000Z";
  const key = `DC.${"k".repeat(22)}`;
  return {
    deviceAccessKeyId: key,
    deviceAccessKeySecret: clientId.padStart(key.length, "s"),
    secretFingerprint: "f".repeat(12),
    createTime: time,
    updateTime: time,
    mqttUsername: `DeviceCredential|${key}|${instanceId}`,
    mqttPassword: clientId.padStart(28, "p"),
  };
}
