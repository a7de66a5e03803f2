/** 128 random bits as hex. Not `crypto.randomUUID`: a console served over plain http has none. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
