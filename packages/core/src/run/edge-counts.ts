/** My job: how many edges into a step are decided, and how. */

/** Decided edges into a step. */
export interface EdgeCounts {
  data: number
  dataDecided: number
  dataSucceeded: number
  dataFailed: number
  dataSkipped: number
  routes: number
  routesDecided: number
  routesTaken: number
  /** A source of a route that was not taken had failed. */
  upstreamFailed: boolean
}

/** No edge has been decided. */
export function emptyCounts(): EdgeCounts {
  return {
    data: 0,
    dataDecided: 0,
    dataSucceeded: 0,
    dataFailed: 0,
    dataSkipped: 0,
    routes: 0,
    routesDecided: 0,
    routesTaken: 0,
    upstreamFailed: false,
  }
}
