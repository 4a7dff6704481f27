// Writes emulator/state.schema.json anew: node --import tsx tools/stateSchema/main.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateSchemaDocument } from "./document";

writeFileSync(join(__dirname, "../../emulator/state.schema.json"), stateSchemaDocument());
