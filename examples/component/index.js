import { Plant } from "./plant.js";

const plants = [
  new Plant("harbour", { sensors: ["crane-1", "crane-2"], blocked: ["crane-17"] }),
  new Plant("quarry", { sensors: ["mill-1"] }),
];

export const logins = plants.flatMap((plant) => plant.logins);
