import type { AccountChange, Authentication } from '../../engine/event/telemetry.ts'
import { OFFICE_IP } from '../world/shop-initial.ts'
import { base, type Report, type Source } from './report.ts'

/** Sign-ins of customers and staff, and changes of accounts. */
export const auth: Source = (world, _at, event) => {
  if (event.kind === 'SignedIn') {
    const type = event.staff ? ('staff' as const) : ('customer' as const)
    return [
      {
        stream: 'auth',
        delayMs: 0,
        body: (time, uid): Authentication => ({
          class_uid: 3002,
          category_uid: 3,
          activity_id: 1,
          ...base(time, uid, 'auth', 'shop'),
          status_id: event.ok ? 1 : 2,
          user: { uid: event.account, type },
          src_endpoint: { ip: event.ip },
          session: { uid: event.session },
        }),
      },
    ]
  }
  if (event.kind === 'AccountSuspended' || event.kind === 'AccountRestored') {
    const staff = world.shop.staff.some((one) => one.account === event.account)
    return [changed(event.account, staff)]
  }
  return []
}

function changed(account: string, staff: boolean): Report {
  return {
    stream: 'auth',
    delayMs: 0,
    body: (time, uid): AccountChange => ({
      class_uid: 3001,
      category_uid: 3,
      activity_id: 99,
      ...base(time, uid, 'auth', 'shop'),
      user: { uid: account, type: staff ? 'staff' : 'customer' },
      actor: { user: { uid: 'control-room' } },
      src_endpoint: { ip: OFFICE_IP },
      unmapped: { field: 'status' },
    }),
  }
}
