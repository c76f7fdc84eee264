/**
 * My job: which text has been streamed, and which of it still holds. A stream that breaks leaves chunks that are in no
 * answer; an answer that comes in one piece has no chunks.
 */
export interface StreamedText {
  /** A chunk of the block that is being written. */
  add(text: string): void
  /** A block is whole. Tells the text that nobody has seen yet, and whether what was seen instead is void. */
  settle(text: string): { readonly unseen: string; readonly isVoid: boolean }
  /** The stream begins anew. Tells whether chunks are void by that. */
  breakOff(): boolean
}

/** Makes it for one call. */
export function createStreamedText(): StreamedText {
  let open = ''
  return {
    add(text) {
      open += text
    },
    settle(text) {
      const seen = open
      open = ''
      if (seen === text) return { unseen: '', isVoid: false }
      return { unseen: text, isVoid: seen !== '' }
    },
    breakOff() {
      const isVoid = open !== ''
      open = ''
      return isVoid
    },
  }
}
