type Values = Readonly<Record<string, unknown>>;

/**
 * Lets Pulumi make the members of a resource without noting where: for each it notes four stacks, with the places of
 * all frames in their sources, which is a third of what a program of many resources takes. It reads the properties in
 * their order while it makes the members, so the first turns stacks off and the last on again. The place of the resource
 * in the program is noted before that, and the stack that a failed registration shows after it. Who looks for promises
 * that nothing resolves, by the variable that Pulumi has for that, gets all stacks.
 */
export function withoutMemberStacks(properties: Values): Record<string, unknown> {
  const [first, last] = [Object.keys(properties)[0], Object.keys(properties).at(-1)];
  if (first === undefined || last === undefined || process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
    return { ...properties };
  }
  let isRead = false;
  let limit: number | undefined;
  const turnOn = () => {
    if (limit !== undefined) {
      Error.stackTraceLimit = limit;
      limit = undefined;
    }
  };
  const turnOff = () => {
    if (!isRead) {
      isRead = true;
      limit = Error.stackTraceLimit;
      Error.stackTraceLimit = 0;
      // Whatever becomes of the reading, as when a transformation looks at one property only.
      queueMicrotask(turnOn);
    }
  };
  return Object.defineProperties(
    { ...properties },
    { [first]: whenRead(first, properties[first], turnOff), [last]: whenRead(last, properties[last], turnOn) },
  );
}

/** A property like any other, but that something is done whenever it is read. */
function whenRead(name: string, value: unknown, note: () => void): PropertyDescriptor {
  return {
    enumerable: true,
    configurable: true,
    get() {
      note();
      return value;
    },
    set(this: object, other: unknown) {
      Object.defineProperty(this, name, { value: other, enumerable: true, configurable: true, writable: true });
    },
  };
}
