import { userMessage } from './control.ts'

/** What the SDK is told: one message, and then nothing until it is closed, so that Claude can be interrupted. */
export interface SdkPrompt {
  readonly messages: AsyncIterable<never>
  close(): void
}

/** Makes the prompt of one call. */
export function createSdkPrompt(text: string): SdkPrompt {
  let close = (): void => {}
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  async function* speak(): AsyncGenerator<object, void, void> {
    yield userMessage(text)
    await closed
  }
  // The SDK's own type of a message is not ours to name; `never` fits it.
  return { messages: speak() as AsyncIterable<never>, close }
}
