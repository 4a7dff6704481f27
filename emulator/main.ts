#!/usr/bin/env node
import { runCommand } from "./front/command";

runCommand();
