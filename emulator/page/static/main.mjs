// @ts-check
/** @import { View } from "../view" */
import { addressesList } from "./addresses.mjs";
import { call } from "./api.mjs";
import { certificatesCards } from "./certificates.mjs";
import { clockCard } from "./clock.mjs";
import { devicesCard } from "./devices.mjs";
import { faultsCard } from "./faults.mjs";
import { groupsCard } from "./groups.mjs";
import { instanceCard } from "./instance.mjs";
import { journalCard } from "./journal.mjs";
import { Live } from "./live.mjs";
import { pulumiCommands } from "./pulumi.mjs";
import { quotasCard } from "./quotas.mjs";

const choices = await call("GET", "/page/choices");

/** @param {View} view */
const show = (view) => {
  showInstance(view);
  showAddresses(view.broker);
  showPulumi(view);
  if (view.instance !== null) for (const showPart of instanceParts) showPart(view.instance);
  showFaults(view.faults);
  showQuotas(view.quotas);
  showJournal(view.journal, view.instance?.instanceId ?? "");
  showClock();
};
const live = new Live(show);
const showJournal = journalCard(live, choices);
const showInstance = instanceCard(live);
const showAddresses = addressesList();
const showPulumi = pulumiCommands();
const instanceParts = [devicesCard(live), groupsCard(live), certificatesCards(live)];
const showFaults = faultsCard(live, choices);
const showQuotas = quotasCard(live);
const showClock = clockCard(live);

await live.refresh();
setInterval(showClock, 1000);
