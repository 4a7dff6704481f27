const zero = 48;
const nine = 57;

/** The order of names in which numbers count as such: `line-2` before `line-10`. Names that differ are never equal. */
export function compareNaturally(a: string, b: string): number {
  let at = 0;
  let other = 0;
  while (at < a.length && other < b.length) {
    const code = a.charCodeAt(at);
    const otherCode = b.charCodeAt(other);
    if (isDigit(code) && isDigit(otherCode)) {
      const [start, end] = numberAt(a, at);
      const [otherStart, otherEnd] = numberAt(b, other);
      const longer = end - start - (otherEnd - otherStart);
      if (longer !== 0) return longer;
      for (let digit = 0; start + digit < end; digit++) {
        const difference = a.charCodeAt(start + digit) - b.charCodeAt(otherStart + digit);
        if (difference !== 0) return difference;
      }
      at = end;
      other = otherEnd;
    } else {
      if (code !== otherCode) return code - otherCode;
      at++;
      other++;
    }
  }
  const rest = a.length - at - (b.length - other);
  return rest !== 0 ? rest : a < b ? -1 : a > b ? 1 : 0;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

/** Where the digits of a number that count begin and end. */
function numberAt(text: string, at: number): readonly [start: number, end: number] {
  let start = at;
  while (text.charCodeAt(start) === zero) start++;
  let end = start;
  while (isDigit(text.charCodeAt(end))) end++;
  return [start, end];
}
