const RESOLVER = 'https://id.gs1.org'

/** Keys and qualifiers of GS1 that an address may end in. */
const DIGITAL_LINK =
  /\/(00|01|253|255|401|402|414|417|8003|8004|8006|8010|8017|8018)\/[^/]+(\/(10|21|22|235|254|8011)\/[^/]+)?/
const CANONICAL =
  /^https:\/\/id\.gs1\.org\/((00|414|8004)\/[^/?#]+|01\/\d{14}(\/(21|10|235)\/[^/?#]+)?|414\/\d{13}\/254\/[^/?#]+)$/

/**
 * An identifier as the EPCIS event hash wants it: EPC URIs of items (SGTIN), parcels (SSCC),
 * places (SGLN) and assets (GIAI) become GS1 Digital Links, constrained and canonical; what names
 * nothing of GS1 stays as it is. Undefined for other schemes of GS1, which are not converted here.
 * Source: GS1 Tag Data Standard 2.0, GS1 Digital Link URI Syntax 1.2 (4.11).
 */
export function canonicalIdentifier(text: string): string | undefined {
  if (text.startsWith('urn:epc:id:')) return fromEpcUri(text.slice('urn:epc:id:'.length))
  if (text.startsWith('urn:epc:') || /^urn:epcglobal:cbv:(?!inchikey:)/.test(text)) return undefined
  if (!/^https?:\/\//.test(text)) return text
  const linked = DIGITAL_LINK.test(text.replace(/[?#].*$/, ''))
  return !linked || CANONICAL.test(text) ? text : undefined
}

function fromEpcUri(rest: string): string | undefined {
  const [scheme, body, ...more] = rest.split(':')
  const [company, reference, ...serial] = (body ?? '').split('.')
  if (more.length > 0 || company === undefined || reference === undefined) return undefined
  if (!/^\d{6,12}$/.test(company)) return undefined
  const tail = serial.join('.')
  if (scheme === 'giai' && tail === '') return `${RESOLVER}/8004/${company}${escaped(reference)}`
  if (!/^\d*$/.test(reference)) return undefined
  const digits = company + reference
  if (scheme === 'sscc' && tail === '' && digits.length === 17)
    return `${RESOLVER}/00/${checked(reference.slice(0, 1) + company + reference.slice(1))}`
  if (scheme === 'sgtin' && tail !== '' && digits.length === 13) {
    const gtin = checked(reference.slice(0, 1) + company + reference.slice(1))
    return `${RESOLVER}/01/${gtin}/21/${escaped(tail)}`
  }
  if (scheme === 'sgln' && tail !== '' && digits.length === 12) {
    const place = `${RESOLVER}/414/${checked(digits)}`
    return tail === '0' ? place : `${place}/254/${escaped(tail)}`
  }
  return undefined
}

/** Digits with the GS1 check digit after them: weights 3 and 1 from the right. */
function checked(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++)
    sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/** What a Digital Link may not hold bare. */
function escaped(text: string): string {
  return text.replace(
    /[!()*+,:]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
