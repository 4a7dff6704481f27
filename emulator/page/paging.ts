import type { ReadonlySortedMap } from "../foundation/sortedMap";
import type { Page } from "./view";

/** A piece of a long list, which gives any part of itself without making the rest. */
export interface Piece<T> {
  readonly size: number;
  /** Never asked for more than there is. */
  readonly part: (from: number, count: number) => readonly T[];
}

export function pieceOfList<T>(list: readonly T[]): Piece<T> {
  return { size: list.length, part: (from, count) => list.slice(from, from + count) };
}

export function pieceOfValues<T>(map: ReadonlySortedMap<T>): Piece<T> {
  return { size: map.size, part: (from, count) => map.values(from, count) };
}

/** `line-2` before `line-10`. */
export function pieceOfNames(map: ReadonlySortedMap<unknown>): Piece<string> {
  return { size: map.size, part: (from, count) => map.naturalKeys(from, count) };
}

/** One page of the list that the pieces make together. A page after the last one is the last one. */
export function pageOf<T, R>(pieces: readonly Piece<T>[], wanted: number, size: number, row: (item: T) => R): Page<R> {
  const total = pieces.reduce((sum, piece) => sum + piece.size, 0);
  const pages = Math.max(1, Math.ceil(total / size));
  const page = Math.min(wanted, pages);
  const items: T[] = [];
  let skip = (page - 1) * size;
  for (const piece of pieces) {
    const count = Math.min(piece.size - skip, size - items.length);
    if (count > 0) items.push(...piece.part(skip, count));
    skip = Math.max(0, skip - piece.size);
    if (items.length === size) break;
  }
  return { total, page, pages, rows: items.map(row) };
}
