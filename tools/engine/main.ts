import { findEngine } from ".";

findEngine().then(
  ({ route }) => console.log(`  Using ${route}.`),
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
