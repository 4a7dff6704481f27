import { ServiceError } from "../facts/errors";
import { type Action, action, type Context } from "./action";
import {
  checkCapacity,
  checkedClientId,
  customAuthAction,
  customAuthInstance,
  filter,
  heldRules,
  pagedParameters,
} from "./customAuthAccess";
import { type Data, done } from "./envelope";
import { pageAfter } from "./paging";
import { anyText, optionalText } from "./parameterRules";

interface Target {
  readonly InstanceId: string;
  readonly ClientId: string;
}

function add(context: Context, { InstanceId, ClientId }: Target): Data {
  const instance = customAuthInstance(context, InstanceId);
  checkedClientId(context, "ClientId", ClientId);
  const { customAuthConnectBlacks: blacks } = instance;
  if (!blacks.has(ClientId)) {
    checkCapacity(instance, heldRules(instance));
  } else if (context.state.assumptions.addExistingCustomAuth === "refused") {
    throw new ServiceError("InvalidParameter.%s", "ClientId");
  }
  blacks.set(ClientId, { clientId: ClientId });
  return done;
}

function remove(context: Context, { InstanceId, ClientId }: Target): Data {
  const { customAuthConnectBlacks: blacks } = customAuthInstance(context, InstanceId);
  checkedClientId(context, "ClientId", ClientId);
  if (!blacks.delete(ClientId) && context.state.assumptions.deleteMissingCustomAuth === "refused") {
    throw new ServiceError("InvalidParameter.%s", "ClientId");
  }
  return done;
}

interface Query {
  readonly InstanceId: string;
  readonly ClientId: string | undefined;
  readonly Size: number;
  readonly NextToken: string;
}

function query(context: Context, { InstanceId, ClientId, Size, NextToken }: Query): Data {
  const { customAuthConnectBlacks } = customAuthInstance(context, InstanceId);
  const isClient = filter(ClientId);
  const { records, nextToken } = pageAfter(NextToken, Size, customAuthConnectBlacks, ({ clientId }) =>
    isClient(clientId),
  );
  const Effect = context.state.assumptions.blacklistEffect;
  const Results = records.map(({ clientId }) => ({ ClientId: clientId, PermitAction: "CONNECT", Effect }));
  return { ...done, Data: { Results, NextToken: nextToken } };
}

const write = {
  ...customAuthAction,
  methods: ["POST"],
  object: "ClientId",
  parameters: { InstanceId: anyText, ClientId: anyText },
} as const;

export const customAuthConnectBlackActions: Readonly<Record<string, Action>> = {
  AddCustomAuthConnectBlack: action({ ...write, handler: add }),
  DeleteCustomAuthConnectBlack: action({ ...write, handler: remove }),
  QueryCustomAuthConnectBlack: action({
    ...customAuthAction,
    methods: ["GET"],
    object: "ClientId",
    parameters: { ...pagedParameters, ClientId: optionalText },
    handler: query,
  }),
};
