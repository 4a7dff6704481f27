// N resources that do nothing and carry nothing.
const pulumi = require("@pulumi/pulumi");

const __provider = 'exports.handler=()=>require(process.cwd()+"/doNothing.js").bare;';

class Bare extends pulumi.CustomResource {
  /** @param {string} name */
  constructor(name) {
    super("pulumi-nodejs:dynamic/bench:Bare", name, { __provider });
  }
}

for (let index = 0; index < new pulumi.Config().requireNumber("count"); index++) {
  new Bare(`device-${index}`);
}
