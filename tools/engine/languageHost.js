// pulumi-language-nodejs for machines without the official one: the engine starts it at every operation, reads the
// port of its LanguageRuntime service from stdout, and asks it to run the program. Plain JavaScript, to start at once.

const { spawn } = require("node:child_process");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const grpc = require("@grpc/grpc-js");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const messages = require("@pulumi/pulumi/proto/language_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");

/** Exit code of a program that has told the user all there is to tell. */
const bailExitCode = 32;

const engineAddress = process.argv.at(-1) ?? "";

/** @type {Set<import("node:child_process").ChildProcess>} */
const programs = new Set();

/**
 * Runs the program of a request; resolves with what the engine should say about its end.
 * @param {import("@pulumi/pulumi/proto/language_pb").RunRequest} request
 * @returns {Promise<import("@pulumi/pulumi/proto/language_pb").RunResponse>}
 */
function run(request) {
  const info = request.getInfo() ?? new messages.ProgramInfo();
  const options = info.getOptions()?.toJavaScript() ?? {};
  const args = [
    ...String(options.nodeargs ?? "")
      .split(/\s+/)
      .filter(Boolean),
    createRequire(join(request.getPwd(), "package.json")).resolve("@pulumi/pulumi/cmd/run"),
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engineAddress}`,
    `--project=${request.getProject()}`,
    `--stack=${request.getStack()}`,
    `--organization=${request.getOrganization()}`,
    `--pwd=${request.getPwd()}`,
    `--root-directory=${info.getRootDirectory()}`,
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ...(request.getParallel() > 0 ? [`--parallel=${request.getParallel()}`] : []),
    info.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
  // Like the official one: a test may put another Node first on PATH than the one that runs this.
  const program = spawn("node", args, {
    cwd: request.getPwd(),
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
      ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: String(options.tsconfig) } : {}),
    },
  });
  programs.add(program);
  return new Promise((resolve, reject) => {
    program.once("error", reject);
    program.once("exit", (code, signal) => {
      programs.delete(program);
      const response = new messages.RunResponse();
      if (code === bailExitCode) response.setBail(true);
      else if (signal) response.setError(`Program was ended by ${signal}`);
      else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
      resolve(response);
    });
  });
}

/**
 * Runs a policy pack, which is the one plugin that is asked for here, and passes on what it prints: first its port.
 * @param {import("@grpc/grpc-js").ServerWritableStream<import("@pulumi/pulumi/proto/language_pb").RunPluginRequest, import("@pulumi/pulumi/proto/language_pb").RunPluginResponse>} call
 */
function runPlugin(call) {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const policyPack = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const program = spawn("node", [policyPack, ...request.getArgsList(), folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...Object.fromEntries(request.getEnvList().map((pair) => pair.split(/=(.*)/s))) },
  });
  programs.add(program);
  const send = (
    /** @type {(response: import("@pulumi/pulumi/proto/language_pb").RunPluginResponse) => void} */ fill,
  ) => {
    const response = new messages.RunPluginResponse();
    fill(response);
    call.write(response);
  };
  program.stdout.on("data", (data) => send((response) => response.setStdout(data)));
  program.stderr.on("data", (data) => send((response) => response.setStderr(data)));
  call.on("cancelled", () => program.kill());
  program.once("close", (code) => {
    programs.delete(program);
    send((response) => response.setExitcode(code ?? 1));
    call.end();
  });
}

function endPrograms() {
  for (const program of programs) program.kill();
}

/**
 * @template Request, Response
 * @param {(request: Request) => Response | Promise<Response>} answer
 * @returns {import("@grpc/grpc-js").handleUnaryCall<Request, Response>}
 */
const unary = (answer) => async (call, callback) => {
  try {
    callback(null, await answer(call.request));
  } catch (error) {
    callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
  }
};

const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
// The calls that are left out answer "unimplemented": the engine needs them for `pulumi new`, `about` and packages only.
server.addService(LanguageRuntimeService, {
  handshake: unary(() => new messages.LanguageHandshakeResponse()),
  getPluginInfo: unary(() => new PluginInfo()),
  getRequiredPlugins: unary(() => new messages.GetRequiredPluginsResponse()),
  getRequiredPackages: unary(() => new messages.GetRequiredPackagesResponse()),
  run: unary(run),
  runPlugin,
  cancel: unary(() => {
    endPrograms();
    return new Empty();
  }),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(String(port));
});

// An engine that was killed asks nothing more of us: we are then the child of another process.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid === engine) return;
  endPrograms();
  process.exit(1);
}, 1_000).unref();
