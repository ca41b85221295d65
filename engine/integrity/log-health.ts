import type { Detector } from '../alert/finding.ts'
import { isEpcis } from '../event/telemetry.ts'

/**
 * Kind I, attack I4: the audit of the stored log found a record that is not what was committed to.
 * No state.
 */
export function createLogHealthCheck(): Detector {
  return {
    name: 'log-health',
    see: (event) => {
      if (isEpcis(event.body) || event.body.class_uid !== 1008) return []
      const { verdict, index } = event.body.unmapped
      if (verdict !== 'changed') return []
      const where = index === null ? '' : ` (entry ${index})`
      return [
        {
          time: event.time,
          kind: 'I',
          detector: 'log-health',
          family: 'insider',
          severity: 5,
          title: `The stored record no longer matches its signed checkpoint${where}`,
          lead: ['device:ledger'],
          entities: ['device:ledger'],
          evidence: [event.uid],
          score: 0.99,
          attack: 'I4',
        },
      ]
    },
    tick: () => [],
    save: () => null,
    restore: () => {},
  }
}
