/** Flags of Node with which a child process runs this repository's TypeScript as it stands. */
export const SOURCE_FLAGS: readonly string[] = ['--conditions=@batonjs/source', '--import', 'tsx']
