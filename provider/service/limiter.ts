import pThrottle from "p-throttle";

/** Resolves when the next request may be sent. */
export type Limiter = () => Promise<void>;

/** Limits requests to a steady rate per second; 0 means no limit. */
export function rateLimiter(perSecond: number): Limiter {
  if (perSecond === 0) {
    return async () => {};
  }
  // Ten small windows a second instead of one large: an even flow, no burst that the service's own window could cut.
  const limit = Math.max(1, Math.floor(perSecond / 10));
  // So long that whole windows make up a second: part of one more would carry as much as a whole one.
  const interval = 1000 / Math.floor(perSecond / limit);
  // A weight makes the library check the window again when a timer fires late, so late timers cannot bunch up.
  const throttle = pThrottle({ limit, interval, strict: true, weight: () => 1 });
  return throttle(async () => {});
}
