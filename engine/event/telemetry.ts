// CONTRACT: change only by adding. Producers: range/telemetry, log readers. Consumers: everything
// in engine.

/**
 * What one system or sensor reported, as every detector sees it. The ground truth never travels
 * here.
 */
export interface Telemetry {
  /** Milliseconds: virtual in an exercise, Unix from a log. Never decreases within a stream. */
  readonly time: number
  /** Unique within a stream: `metadata.uid` of an OCSF body, `eventID` of an EPCIS body. */
  readonly uid: string
  readonly body: OcsfEvent | EpcisEvent
}

export type OcsfEvent =
  | HttpActivity
  | Authentication
  | AccountChange
  | ApiActivity
  | DatastoreActivity
  | PaymentActivity
  | LogHealth
  | BookActivity

interface OcsfBase {
  readonly category_uid: number
  readonly activity_id: number
  readonly severity_id: number
  readonly time: number
  readonly metadata: {
    readonly uid: string
    readonly version: string
    readonly product: { readonly name: string }
    readonly log_name: string
  }
}

export interface Endpoint {
  readonly ip: string
}
export interface Device {
  readonly uid: string
}

/** Class 4002. Web access log of the shop, and the reports that browsers send (CSP). */
export interface HttpActivity extends OcsfBase {
  readonly class_uid: 4002
  readonly http_request: {
    readonly http_method: string
    readonly url: {
      readonly hostname: string
      readonly path: string
      readonly query_string: string
    }
    readonly user_agent: string
    readonly referrer: string
    readonly length: number
    /** Form body as the shop logs it: card numbers never, other values cut at 512 characters. */
    readonly body?: string
  }
  readonly http_response: { readonly code: number; readonly length: number }
  readonly duration: number
  readonly src_endpoint: Endpoint
  readonly session?: { readonly uid: string }
  readonly actor?: { readonly user: { readonly uid: string } }
  readonly unmapped?: {
    /** Only on `POST /~csp`: a browser reports a blocked or report-only request of a page. */
    readonly csp_report?: {
      readonly blocked_host: string
      readonly blocked_uri: string
      readonly violated_directive: string
      readonly document_path: string
      readonly disposition: 'report' | 'enforce'
    }
    /** Revision of the page that was served. */
    readonly page?: { readonly uid: string; readonly revision: number }
  }
}

/** Class 3002. activity_id 1 is logon, 2 is logoff; status_id 1 success, 2 failure. */
export interface Authentication extends OcsfBase {
  readonly class_uid: 3002
  readonly status_id: 1 | 2
  readonly user: { readonly uid: string; readonly type: 'customer' | 'staff' }
  readonly src_endpoint: Endpoint
  readonly device?: Device
  readonly session?: { readonly uid: string }
}

/** Class 3001. Address, password, role or subscription of an account changed. */
export interface AccountChange extends OcsfBase {
  readonly class_uid: 3001
  readonly user: { readonly uid: string; readonly type: 'customer' | 'staff' }
  readonly actor: { readonly user: { readonly uid: string } }
  readonly src_endpoint: Endpoint
  readonly unmapped: { readonly field: 'address' | 'password' | 'email' | 'status' | 'plan' }
}

/** Class 6003. Staff and machine operations on the back office and in the warehouse system. */
export interface ApiActivity extends OcsfBase {
  readonly class_uid: 6003
  readonly api: {
    readonly operation:
      | 'refund.request'
      | 'refund.approve'
      | 'refund.execute'
      | 'refund.refuse'
      | 'claim.open'
      | 'order.cancel'
      | 'review.post'
      | 'order.place'
      | 'age.require'
      | 'age.check'
      | 'giftcard.issue'
      | 'giftcard.redeem'
      | 'supplier.account'
      | 'supplier.call-back'
      | 'supplier.pay'
      | 'cash.collect'
      | 'cash.bank'
      | 'locker.code'
      | 'locker.open'
      | 'download.grant'
      | 'station.heartbeat'
      | 'label.print'
      | 'route.plan'
      | 'parcel.hold'
      | 'parcel.release'
      | 'van.recall'
      | 'source.block'
      | 'source.unblock'
      | 'host.block'
      | 'host.unblock'
      | 'account.suspend'
      | 'refunds.freeze'
      | 'refunds.thaw'
  }
  readonly actor: { readonly user: { readonly uid: string } }
  readonly src_endpoint: Endpoint
  /** `uid` is an entity reference such as `order:1042`, `parcel:P-1042`, `van:2`. */
  readonly resources: readonly { readonly uid: string; readonly type: string }[]
  readonly unmapped?: {
    readonly amount_minor?: number
    /** Card token that is to receive a refund. */
    readonly destination?: string
    readonly reason?: string
    readonly four_eyes_limit_minor?: number
    /** Parcel manifest (label.print): declared mass in grams; planned stops (route.plan). */
    readonly mass_g?: number
    readonly stops?: readonly { readonly place: string; readonly parcels: readonly string[] }[]
  }
}

/** Class 6005. Pages of the shop: published, signed as baseline, inspected by the page monitor. */
export interface DatastoreActivity extends OcsfBase {
  readonly class_uid: 6005
  readonly actor: { readonly user: { readonly uid: string } }
  readonly src_endpoint: Endpoint
  readonly unmapped: {
    /**
     * `publish` by an editor, tag manager or release; `sign` adds to the signed baseline;
     * `inventory` is a look.
     */
    readonly operation: 'publish' | 'sign' | 'inventory' | 'restore'
    readonly page: { readonly uid: string; readonly revision: number }
    readonly via: 'editor' | 'tag-manager' | 'dependency' | 'release' | 'monitor' | 'restore'
    readonly approved_by: string | null
    readonly scripts: readonly PageScript[]
    /**
     * Hosts that the page called in the monitor's own browser, and whether the number typed into
     * the card field went along (plain, reversed or coded); only on `inventory`.
     */
    readonly calls?: readonly { readonly host: string; readonly canary: boolean }[]
    /** Ed25519 signature of the inventory by the release key; only on `sign`. */
    readonly signature?: string
  }
}
export interface PageScript {
  /** Path, absolute address, or `inline:N`. */
  readonly src: string
  /** Base64 SHA-256 of the script text as the browser would load it. */
  readonly hash: string
  /** Hosts named in the script's text, as a scanner reads them. */
  readonly hosts: readonly string[]
}

/**
 * OCSF extension (uid 999, category 99). Names follow ISO 20022 acquirer messages:
 * authorisation (AccptrAuthstn), strong authentication, capture (AccptrCmpltnAdvc), refund,
 * chargeback.
 */
export interface PaymentActivity extends OcsfBase {
  readonly class_uid: 99901
  readonly payment: {
    readonly message: 'authorisation' | 'sca' | 'capture' | 'refund' | 'chargeback'
    readonly transaction_id: string
    /** Order reference such as `order:1042`. */
    readonly merchant_reference: string
    readonly card: {
      readonly token: string
      readonly bin: string
      readonly last4: string
      readonly country: string
    }
    readonly amount_minor: number
    readonly currency: 'EUR'
    /**
     * ISO 8583 response: 00 approved, 05 do not honour, 14 invalid card, 51 funds, 54 expired, 1A
     * SCA needed.
     */
    readonly response_code: '00' | '05' | '14' | '51' | '54' | '1A'
    readonly sca: 'none' | 'exempt' | 'challenge' | 'failed'
  }
  readonly src_endpoint: Endpoint
  readonly session?: { readonly uid: string }
}

/** Class 1008 (event log activity): the range's own audit of its stored log, see THREATS.md I4. */
export interface LogHealth extends OcsfBase {
  readonly class_uid: 1008
  readonly unmapped: {
    readonly verdict: 'intact' | 'changed'
    readonly index: number | null
    readonly size: number
  }
}

/**
 * OCSF extension (uid 999, category 99). The shop's own book of orders and deliveries, a
 * transparency log: what one of its witnesses saw, or what the shop did to it. Roots and paths in
 * hex, rows as the text that their leaf is the hash of (RFC 6962).
 */
export interface BookActivity extends OcsfBase {
  readonly class_uid: 99902
  /** The witness, or the shop's keeper of the book. */
  readonly actor: { readonly user: { readonly uid: string } }
  readonly book:
    | {
        readonly operation: 'look'
        /** What this witness kept until now; null at its first look. */
        readonly kept: BookHead | null
        readonly shown: BookHead
        /** The consistency path from `kept` to `shown`, as the book gave it. */
        readonly path: readonly string[]
        /** Whether the witness keeps what it was shown from now on. */
        readonly accepted: boolean
        /**
         * The first row that it kept otherwise, with its way to the root of `kept`; or, its `kept`
         * null, the first new one dated before that head, with its way to the root of `shown`.
         */
        readonly differs: {
          readonly index: number
          readonly kept: string | null
          readonly shown: string | null
          readonly path: readonly string[]
        } | null
      }
    | { readonly operation: 'freeze' | 'thaw' }
    | { readonly operation: 'correct'; readonly rows: readonly string[] }
    | {
        readonly operation: 'rebuild'
        readonly head: BookHead
        /** Witnesses that keep what it was rebuilt from. */
        readonly agreed: readonly string[]
      }
}
/** `at`: when it was published, milliseconds. */
export interface BookHead {
  readonly at: number
  readonly size: number
  readonly root: string
}

/**
 * GS1 EPCIS 2.0. `eventTime` is ISO 8601 of `Telemetry.time` (virtual time counts from
 * 1970-01-01T00:00Z).
 */
export interface EpcisEvent {
  readonly type: 'ObjectEvent' | 'AggregationEvent'
  readonly eventID: string
  readonly eventTime: string
  readonly eventTimeZoneOffset: '+00:00'
  readonly action: 'ADD' | 'OBSERVE' | 'DELETE'
  /**
   * CBV word: packing, loading, departing, arriving, receiving, storing, delivering,
   * sensor_reporting …
   */
  readonly bizStep: string
  readonly disposition?: string
  /** Entity references, e.g. `parcel:P-1042`; empty for a bare sensor report. */
  readonly epcList: readonly string[]
  /** AggregationEvent: the van or locker that holds the parcels. */
  readonly parentID?: string
  /** Where it was read: `place:depot`, `van:2`, `locker:L3`, `door:A17`. */
  readonly readPoint: { readonly id: string }
  readonly 'doorstep:actor'?: string
  readonly sensorElementList?: readonly SensorElement[]
}
export interface SensorElement {
  /** `deviceID` such as `device:van-2-gps`. */
  readonly sensorMetadata: { readonly deviceID: string; readonly time?: string }
  readonly sensorReport: readonly SensorReport[]
}
export interface SensorReport {
  /**
   * x, y: town coordinates in millimetres (GPS fix, uom MMT). odometer: millimetres since the van
   * left the factory. cell: id of the radio mast that served the modem (stringValue). door:
   * booleanValue, true is open. temperature: millidegree Celsius (uom CEL, thousandths). mass:
   * grams. shock: milli-g. light: lux.
   */
  readonly type:
    | 'doorstep:x'
    | 'doorstep:y'
    | 'doorstep:odometer'
    | 'doorstep:cell'
    | 'doorstep:door'
    | 'gs1:Temperature'
    | 'gs1:Mass'
    | 'doorstep:shock'
    | 'gs1:Illuminance'
  readonly value?: number
  readonly stringValue?: string
  readonly booleanValue?: boolean
  readonly uom?: string
}

export function isEpcis(body: OcsfEvent | EpcisEvent): body is EpcisEvent {
  return 'eventID' in body
}
