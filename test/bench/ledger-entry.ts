/** What every store of the bench is given, and the log that takes it. */
export const BENCH_ENTRY = {
  kind: 'input',
  time: 123_456,
  seat: 'defender-2',
  command: { kind: 'HoldParcel', parcel: 'parcel:4711', reason: 'van left its route' },
}

export const BENCH_LOG = {
  origin: 'doorstep.local/bench',
  mode: 'live' as const,
  leavesPerTick: 0,
}
