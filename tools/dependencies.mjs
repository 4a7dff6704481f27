// Installed dependencies, in step with package-lock.json, and the package resolvable by its own name.
import { lstatSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root, run, say } from "./terminal.mjs";

export async function ensureDependencies() {
  await ensureInstalled(".");
  linkOwnName();
}

/**
 * What a folder's own lock file says, installed there.
 * @param {string} folder
 */
export async function ensureInstalled(folder) {
  if (installedAsLocked(folder)) return;
  say("Installing dependencies (about half a minute)");
  await run("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"]);
}

/**
 * npm keeps a copy of what it installed in node_modules, written last: no stamp of our own is needed.
 * @param {string} folder
 */
function installedAsLocked(folder) {
  const installed = lockedPackages(`${folder}/node_modules/.package-lock.json`);
  const wanted = lockedPackages(`${folder}/package-lock.json`);
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || sameEntry(installed[path], entry),
  );
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockEntry
 * @param {LockEntry | undefined} installed
 * @param {LockEntry} wanted
 */
function sameEntry(installed, wanted) {
  return installed !== undefined && installed.version === wanted.version && installed.integrity === wanted.integrity;
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * Example programs and the stub in the state import the package by its name, as users do. npm links a package to its
 * own name only for a workspace that depends on it as "file:../..", which nobody could copy from an example.
 */
function linkOwnName() {
  const link = join(root, "node_modules", "pulumi-apsaramq-mqtt");
  if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync("..", link, "junction");
}
