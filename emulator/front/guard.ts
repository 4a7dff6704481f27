// A process of its own: node guard.js <id>. When its standard input ends, whoever has started it is gone, and the process of that
// id is killed with all that it has started.
import { familyOf } from "../foundation/processes";

function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name);
  } catch {
    // It has ended by itself.
  }
}

function killFamilyOf(id: number): void {
  let size = 0;
  // Stopped first, so that none starts another one unseen.
  for (let family = familyOf(id); family.length > size; family = familyOf(id)) {
    size = family.length;
    for (const member of family) signal(member.id, "SIGSTOP");
  }
  for (const member of familyOf(id)) signal(member.id, "SIGKILL");
}

process.stdin.on("close", () => killFamilyOf(Number(process.argv[2])));
process.stdin.resume();
