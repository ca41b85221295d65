// CONTRACT: change only by adding.
import type { Milliseconds } from './types.ts'
import type {
  MonitorCall,
  Order,
  Page,
  PageRevision,
  ScriptTag,
  ShopRequest,
  ShopResponse,
  Transaction,
} from './types-shop.ts'

/** What may be asked of the shop, and what has happened in it. */
export type ShopCommand =
  | { readonly kind: 'Http'; readonly request: ShopRequest }
  | { readonly kind: 'CustomerWakes'; readonly customer: number; readonly visit: number }
  | {
      readonly kind: 'CustomerContinues'
      readonly customer: number
      readonly visit: number
      readonly step: number
    }
  | { readonly kind: 'BankAnswers'; readonly transaction: number }
  | { readonly kind: 'StaffWorks'; readonly staff: number; readonly turn: number }
  | {
      readonly kind: 'RequestRefund'
      readonly order: number
      readonly staff: number
      readonly amountMinor: number
      readonly destination: number
      readonly reason: string
      /** Ask a colleague although the amount is small. */
      readonly ask?: boolean
    }
  | { readonly kind: 'ApproveRefund'; readonly refund: number; readonly staff: number }
  | { readonly kind: 'ExecuteRefund'; readonly refund: number }
  | {
      readonly kind: 'PublishPage'
      readonly page: Page['slug']
      readonly author: string
      readonly via: PageRevision['via']
      readonly approvedBy: string | null
      readonly scripts: readonly ScriptTag[]
      /** Index of the member of staff who does it in person, whatever account it is done with. */
      readonly hand?: number
    }
  | {
      readonly kind: 'SignPage'
      readonly page: Page['slug']
      /** Refused when another revision is live by then. */
      readonly revision?: number
    }
  | { readonly kind: 'InspectPages'; readonly round: number }
  | { readonly kind: 'OpenDrop'; readonly host: string }
  | { readonly kind: 'OpenClaim'; readonly order: number; readonly reason: string }
  | { readonly kind: 'CapturePayment'; readonly order: number }
  | { readonly kind: 'OpenChargeback'; readonly card: number; readonly host: string }
  | { readonly kind: 'RefuseRefund'; readonly refund: number; readonly reason: string }
  | {
      readonly kind: 'ChangeTrust'
      readonly customer: number
      readonly deltaMilli: number
      readonly reason: string
    }
  /** A person takes the place of a simulated customer, or gives it back. */
  | { readonly kind: 'SeatCustomer'; readonly customer: number; readonly player: boolean }
  // responses
  | { readonly kind: 'RestorePage'; readonly page: Page['slug'] }
  | { readonly kind: 'BlockHost'; readonly host: string }
  | { readonly kind: 'UnblockHost'; readonly host: string }
  | { readonly kind: 'BlockSource'; readonly ip: string }
  | { readonly kind: 'UnblockSource'; readonly ip: string }
  | { readonly kind: 'SuspendAccount'; readonly account: string }
  | { readonly kind: 'RestoreAccount'; readonly account: string }
  | { readonly kind: 'FreezeRefunds' }
  | { readonly kind: 'ThawRefunds' }
  | { readonly kind: 'SetVelocityRule'; readonly perMinute: number | null }
  | { readonly kind: 'NotifyCardHolders'; readonly host: string }
  // benign twins
  | { readonly kind: 'StartSale'; readonly minutes: number; readonly factorPercent: number }
  | { readonly kind: 'ReleaseShop'; readonly release: number }

export type ShopEvent =
  | {
      readonly kind: 'HttpServed'
      readonly request: ShopRequest
      readonly response: ShopResponse
      readonly account: string | null
      readonly durationMs: number
    }
  | {
      readonly kind: 'SessionOpened'
      readonly key: string
      readonly ip: string
      readonly agent: string
    }
  | {
      readonly kind: 'SignedIn'
      readonly session: string
      readonly account: string
      readonly ip: string
      readonly ok: boolean
      readonly staff: boolean
    }
  | {
      readonly kind: 'CartChanged'
      readonly session: string
      readonly product: number
      readonly count: number
      readonly priceMinor?: number
    }
  | {
      readonly kind: 'OrderPlaced'
      readonly order: number
      readonly session: string
      readonly totalMinor: number
      readonly address: string
      readonly number?: string
      readonly customer?: number | null
      readonly lines?: Order['lines']
    }
  | {
      readonly kind: 'PaymentTried'
      readonly transaction: number
      readonly order: number
      readonly card: number
      readonly amountMinor: number
      readonly session: string
      readonly ip: string
    }
  | {
      readonly kind: 'PaymentAnswered'
      readonly transaction: number
      readonly response: Transaction['response']
      readonly sca: 'none' | 'exempt' | 'challenge' | 'failed'
    }
  | { readonly kind: 'OrderPaid'; readonly order: number; readonly transaction: number }
  | { readonly kind: 'PaymentCaptured'; readonly transaction: number }
  | {
      readonly kind: 'RefundRequested'
      readonly refund: number
      readonly order: number
      readonly staff: number
      readonly amountMinor: number
      readonly destination: number
      readonly reason: string
      /** Nothing is paid until somebody else has approved it. */
      readonly waits?: boolean
    }
  | { readonly kind: 'RefundApproved'; readonly refund: number; readonly staff: number }
  | { readonly kind: 'RefundExecuted'; readonly refund: number }
  | { readonly kind: 'RefundRefused'; readonly refund: number; readonly reason: string }
  | { readonly kind: 'ChargebackOpened'; readonly transaction: number }
  | { readonly kind: 'ClaimOpened'; readonly order: number; readonly reason: string }
  | {
      readonly kind: 'ReviewPosted'
      readonly product: number
      readonly author: string
      readonly stars: number
      readonly text: string
    }
  | {
      readonly kind: 'GiftCardIssued'
      readonly code: string
      readonly valueMinor: number
      readonly order: number
    }
  | { readonly kind: 'DownloadGranted'; readonly order: number }
  | {
      readonly kind: 'PagePublished'
      readonly page: Page['slug']
      readonly revision: PageRevision
      /** As in the command: what that person will say when asked. No system records it. */
      readonly hand?: number
    }
  | { readonly kind: 'PageSigned'; readonly page: Page['slug']; readonly revision: number }
  | {
      readonly kind: 'PagesInspected'
      readonly round: number
      /** What the monitor's own browser was made to call, page by page. */
      readonly calls?: readonly MonitorCall[]
    }
  | { readonly kind: 'PageRestored'; readonly page: Page['slug']; readonly revision: number }
  | {
      readonly kind: 'BrowserReported'
      readonly host: string
      readonly uri: string
      readonly directive: string
      readonly page: Page['slug']
      readonly revision: number
      readonly ip: string
      readonly agent: string
      readonly session: string
      readonly enforce: boolean
    }
  | {
      readonly kind: 'HostCalled'
      readonly host: string
      readonly card: number | null
      readonly customer: number | null
    }
  | { readonly kind: 'DropOpened'; readonly host: string }
  | { readonly kind: 'HostBlocked'; readonly host: string }
  | { readonly kind: 'HostUnblocked'; readonly host: string }
  | { readonly kind: 'SourceBlocked'; readonly ip: string }
  | { readonly kind: 'SourceUnblocked'; readonly ip: string }
  | { readonly kind: 'AccountSuspended'; readonly account: string }
  | { readonly kind: 'AccountRestored'; readonly account: string }
  | { readonly kind: 'RefundsFrozen' }
  | { readonly kind: 'RefundsThawed' }
  | { readonly kind: 'VelocityRuleSet'; readonly perMinute: number | null }
  | { readonly kind: 'CardHoldersNotified'; readonly host: string; readonly count: number }
  | {
      readonly kind: 'TrustChanged'
      readonly customer: number
      readonly deltaMilli: number
      readonly reason: string
    }
  | { readonly kind: 'SaleStarted'; readonly until: Milliseconds; readonly factorPercent: number }
  | { readonly kind: 'ShopReleased'; readonly release: number }
  | {
      readonly kind: 'StaffTurned'
      readonly staff: number
      readonly turn: number
      readonly claim?: number
    }
  | { readonly kind: 'CustomerSeated'; readonly customer: number; readonly player: boolean }
  | {
      readonly kind: 'CustomerTurned'
      readonly customer: number
      readonly visit: number
      readonly step: number
    }
