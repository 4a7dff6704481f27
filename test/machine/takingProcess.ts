import { once } from "node:events";
import { roundOf, Slots } from "../../machine/slots";
import { TakenSlots } from "../../machine/takenSlots";

/**
 * A process that waits for a word on its standard input, then tries every slot of one round for each of so many names,
 * and prints those that it took.
 */
async function main(folder = "", names = ""): Promise<void> {
  const slotsTaken = new TakenSlots(folder);
  process.stdout.write("ready\n");
  await once(process.stdin, "data");
  const taken: string[] = [];
  const round = roundOf(Date.UTC(2026, 10, 25));
  const slots = new Slots(300);
  for (let name = 0; name < Number(names); name++) {
    let slot = slots.after(Date.UTC(2026, 10, 25));
    while (slot.round <= round + 1) {
      if (slotsTaken.take(`name${name}`, slot, round)) taken.push(`${name} ${slot.round} ${slot.number}`);
      slot = slots.after(slot.at);
    }
  }
  process.stdout.write(`${JSON.stringify(taken)}\n`);
  process.stdin.destroy();
}

void main(...process.argv.slice(2));
