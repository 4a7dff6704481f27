// N resources that do nothing and carry as much as device credentials: inputs, outputs and secrets of the same length.
const pulumi = require("@pulumi/pulumi");

const __provider = 'exports.handler=()=>require(process.cwd()+"/doNothing.js").sameSize;';
const outputs = {
  deviceAccessKeyId: undefined,
  deviceAccessKeySecret: undefined,
  secretFingerprint: undefined,
  createTime: undefined,
  updateTime: undefined,
  mqttUsername: undefined,
  mqttPassword: undefined,
  // Of an age, a foreign rotation and a sealed secret, which these devices do not have.
  nextRotation: undefined,
  rotatedOutside: undefined,
  sealedSecret: undefined,
  sealedPassword: undefined,
};
const additionalSecretOutputs = ["deviceAccessKeySecret", "mqttPassword"];

class SameSize extends pulumi.CustomResource {
  /**
   * @param {string} name
   * @param {Readonly<Record<string, string>>} inputs
   */
  constructor(name, inputs) {
    const props = { ...outputs, ...inputs, __provider };
    super("pulumi-nodejs:dynamic/bench:SameSize", name, props, { additionalSecretOutputs });
  }
}

const config = new pulumi.Config();
const instanceId = config.require("instanceId");
const groupId = config.require("groupId");

for (let index = 0; index < config.requireNumber("count"); index++) {
  const deviceId = `device-${index}`;
  new SameSize(deviceId, { instanceId, groupId, deviceId, clientId: `${groupId}@@@${deviceId}` });
}
