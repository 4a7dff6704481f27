// One resource that does nothing, with the inputs of a fleet of N devices.
const pulumi = require("@pulumi/pulumi");

const __provider = 'exports.handler=()=>require(process.cwd()+"/doNothing.js").bare;';
const config = new pulumi.Config();

class NoFleet extends pulumi.CustomResource {
  /**
   * @param {string} name
   * @param {object} inputs
   */
  constructor(name, inputs) {
    super("pulumi-nodejs:dynamic/bench:NoFleet", name, { ...inputs, __provider });
  }
}

const names = Array.from({ length: config.requireNumber("count") }, (_, index) => `device-${index}`);
new NoFleet("fleet", {
  groupId: config.require("groupId"),
  devices: Object.fromEntries(names.map((name) => [name, {}])),
  removal: { max: "100%", online: "allow" },
});
