import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  GetRootResourceResponse,
  type LogRequest,
  LogSeverity,
  SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** As much of an engine as a program with mocks asks for: it takes the root resource, and notes warnings. */
export interface TinyEngine {
  readonly address: string;
  readonly warnings: readonly string[];
  close(): void;
}

export async function startEngine(): Promise<TinyEngine> {
  const warnings: string[] = [];
  const server = new Server();
  const answer = (make: () => object) => (_call: unknown, callback: sendUnaryData<object>) => callback(null, make());
  server.addService(
    EngineService as never,
    {
      setRootResource: answer(() => new SetRootResourceResponse()),
      getRootResource: answer(() => new GetRootResourceResponse()),
      log: (call: ServerUnaryCall<LogRequest, object>, callback: sendUnaryData<object>) => {
        if (call.request.getSeverity() === LogSeverity.WARNING) warnings.push(call.request.getMessage());
        callback(null, new Empty());
      },
    } as never,
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, warnings, close: () => server.forceShutdown() };
}
