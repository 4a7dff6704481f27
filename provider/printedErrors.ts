/**
 * The engine's process both reports what read and delete throw and prints it, `console.error(`${error}: ${error.stack}`)`,
 * and the user would see everything twice. This drops the printed copy of our own errors, which have no stack.
 */
export function dropPrintedErrors(): void {
  const print = console.error;
  console.error = (...values: unknown[]) => {
    if (values.length !== 1 || !/^Error: .*: $/s.test(String(values[0]))) {
      print(...values);
    }
  };
}
