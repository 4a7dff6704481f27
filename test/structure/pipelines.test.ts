import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { workflow } from "../engine/pipelines/github";
import { pipeline } from "../engine/pipelines/gitlab";
import { workflows } from "./commands";
import { root, textOf } from "./sources";

const ofGithub = workflows.filter((file) => file.includes("/github/"));
const ofGitlab = workflows.filter((file) => file.includes("/gitlab/"));

describe("The example pipelines", () => {
  it("are found", () => {
    expect(workflows).to.have.lengthOf(4);
  });

  it("are workflows that actionlint takes, where there is one", function () {
    this.timeout(30_000);
    const { error, status, stdout } = spawnSync("actionlint", ofGithub, { cwd: root, encoding: "utf8" });
    if (error) this.skip();
    expect(status, stdout).to.equal(0);
  });

  it("are a pipeline by GitLab's own schema, where there is check-jsonschema, which brings it", function () {
    this.timeout(30_000);
    const schema = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"];
    const { error, status, stdout } = spawnSync("check-jsonschema", [...schema, ...ofGitlab], {
      cwd: root,
      encoding: "utf8",
    });
    if (error) this.skip();
    expect(status, stdout).to.equal(0);
  });

  it("apply one plan at a time, and cancel none that is under way", () => {
    expect(workflow("apply").concurrency).to.deep.equal({ group: "apply-prod", "cancel-in-progress": false });
    expect(pipeline().job("apply")).to.deep.include({ resource_group: "apply-prod", interruptible: false });
    expect(workflow("review").concurrency["cancel-in-progress"]).to.equal(true);
    expect(pipeline().job("review").interruptible).to.equal(true);
  });

  it("store no key of the cloud", () => {
    for (const file of workflows) expect(textOf(file), file).not.to.match(/access_?key/i);
  });

  it("are named in the readme", () => {
    expect(textOf("README.md")).to.contain("(examples/pipelines/README.md)");
  });
});
