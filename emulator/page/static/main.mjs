// @ts-check
/** @import { View } from "../view" */
import { call } from "./api.mjs";
import { certificatesCards } from "./certificates.mjs";
import { clockCard } from "./clock.mjs";
import { devicesCard } from "./devices.mjs";
import { byId } from "./dom.mjs";
import { faultsCard } from "./faults.mjs";
import { groupsCard } from "./groups.mjs";
import { instanceCard } from "./instance.mjs";
import { journalCard } from "./journal.mjs";
import { Live } from "./live.mjs";
import { pulumiCommands, setTarget } from "./pulumi.mjs";
import { quotasCard } from "./quotas.mjs";

const choices = await call("GET", "/page/choices");

/** @param {View} view */
const show = (view) => {
  setTarget(view);
  showInstance(view);
  if (view.instance !== null) for (const showPart of instanceParts) showPart(view.instance);
  // Where there are no devices yet, the commands stand in their place.
  byId("pulumi-card", HTMLElement).hidden = view.instance?.devices.total === 0;
  showFaults(view.faults);
  showQuotas(view.quotas);
  showJournal(view.journal, view.instance?.instanceId ?? "");
  showClock();
};
const live = new Live(show);
const showInstance = instanceCard(live);
const instanceParts = [devicesCard(live), groupsCard(live), certificatesCards(live)];
const showFaults = faultsCard(live, choices);
const showQuotas = quotasCard(live);
const showJournal = journalCard(live, choices);
const showClock = clockCard(live);
byId("pulumi", HTMLElement).append(pulumiCommands().node);

await live.refresh();
setInterval(showClock, 1000);
