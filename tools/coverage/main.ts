// Writes emulator/COVERAGE.md anew: node --import tsx tools/coverage/main.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { actions } from "../../emulator/operations/actions";
import { vendorFacts } from "../vendorFacts";
import { coverageDocument } from "./document";

writeFileSync(join(__dirname, "../../emulator/COVERAGE.md"), coverageDocument(vendorFacts, actions));
