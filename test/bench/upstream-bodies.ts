/** 500 bytes. */
export const SMALL_BODY = JSON.stringify({ filler: 'x'.repeat(486) });

export const MEGABYTE = 1_048_576;
export const MEGABYTE_BODY = Buffer.alloc(MEGABYTE, JSON.stringify({ filler: 'y'.repeat(1_000) }));
