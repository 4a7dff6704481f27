import { Declarations } from "../../machine/declarations";

/** A provider process that declares objects and then lives until its standard input ends. */
const [engine = "", folder, ...objects] = process.argv.slice(2);
const declarations = new Declarations(engine, folder);
declarations.check(objects);
process.stdout.write("declared\n");
process.stdin.resume();
