/** The environment in which an emulator's operator works. */
export function operatorKeys({
  accessKeyId,
  accessKeySecret,
}: {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}): Record<string, string> {
  return { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret };
}
