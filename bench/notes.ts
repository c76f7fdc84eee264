/** What dominates the figures that are above their goal; written by hand after profiling. */
export const notes: readonly string[] = []
