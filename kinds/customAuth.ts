/** What the kinds of custom authentication have in common: rules of ApsaraMQ for MQTT on names, client ids and topics. */

/** How a client proves who it is, in the service's words. */
export const signModes = ["SIGNED", "ORIGIN"] as const;
export type SignMode = (typeof signModes)[number];

export const permitActions = ["PUB", "SUB", "PUB_SUB"] as const;
export type PermitAction = (typeof permitActions)[number];

export const effects = ["ALLOW", "DENY"] as const;
export type Effect = (typeof effects)[number];

const maxLength = 64;
const topicLength = { least: 3, most: 64 };

/** What is wrong with a username, or undefined. */
export function usernameFault(username: string): string | undefined {
  return lengthFault(username) ?? controlFault(username);
}

/** What is wrong with a client id of custom authentication, or undefined: the vendor's demos take any text for one. */
export const customClientIdFault = usernameFault;

/** What is wrong with a topic of a rule, or undefined. */
export function topicFault(topic: string): string | undefined {
  const [parent = "", ...levels] = topic.split("/");
  if (topic.length < topicLength.least || topic.length > topicLength.most) {
    return `must have ${topicLength.least} to ${topicLength.most} characters, subtopics included; got ${topic.length}`;
  }
  if (parent === "" || /[+#]/.test(parent)) {
    return "must begin with a parent topic of the instance, which holds no wildcard";
  }
  const isWrong = levels.some(
    (level, index) => /[+#]/.test(level) && level !== "+" && !(level === "#" && index === levels.length - 1),
  );
  return isWrong ? "may have + only as a whole level, and # only as the last one" : controlFault(topic);
}

function lengthFault(text: string): string | undefined {
  return text.length === 0 || text.length > maxLength
    ? `must have 1 to ${maxLength} characters; got ${text.length}`
    : undefined;
}

function controlFault(text: string): string | undefined {
  return /\p{Cc}/u.test(text) ? "must hold no control characters" : undefined;
}
