import { crc32 } from 'node:zlib';
import { feedMessageSchema, type FeedMessage } from './feed-message.ts';

/** The longest line a reader takes, in characters. A change of the most facts a transaction may carry stays below it. */
export const MAX_FEED_LINE_CHARS = 8 * 1024 * 1024;

/** `,"crc":"0123abcd"}`, which ends each line. */
const CRC_MEMBER = /^,"crc":"([0-9a-f]{8})"\}$/;
const CRC_MEMBER_CHARS = 18;

export class FeedMessageError extends Error {
  override readonly name = 'FeedMessageError';
}

/** Lines of one connection -> messages; the other end of `FeedEncoder`. */
export class FeedDecoder {
  #crc = 0;

  /**
   * @param line without its line feed
   * @throws FeedMessageError for anything but the very next message, whole and valid; the reader then resyncs, with a new
   *   decoder
   */
  decode(line: string): FeedMessage {
    if (line.length > MAX_FEED_LINE_CHARS) {
      throw new FeedMessageError(
        `A feed line may have ${MAX_FEED_LINE_CHARS} characters at the most; got ${line.length}.`,
      );
    }
    const said = CRC_MEMBER.exec(line.slice(-CRC_MEMBER_CHARS))?.[1];
    const text = `${line.slice(0, -CRC_MEMBER_CHARS)}}`;
    this.#crc = crc32(text, this.#crc);
    if (said === undefined || Number.parseInt(said, 16) !== this.#crc) {
      throw new FeedMessageError('A feed line is not what was sent, or does not follow the line before it.');
    }
    return readMessage(text);
  }
}

function readMessage(text: string): FeedMessage {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FeedMessageError('A feed line is not JSON.');
  }
  const parsed = feedMessageSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FeedMessageError(
    `A feed message is invalid at ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? 'unknown'}`,
  );
}
