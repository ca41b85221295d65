import { describe, expect, test } from 'vitest'
import { nearMiss } from '../../engine/near-miss.ts'

const KNOWN = ['selection', 'group-by', 'timespan', 'refund', 'all']

describe('the word an author may have meant', () => {
  test.each([
    ['selecton', 'selection'], // a letter missing
    ['selectoin', 'selection'], // neighbours swapped
    ['GroupBy', 'group-by'], // case and punctuation apart
    ['timespans', 'timespan'],
    ['refnd', 'refund'],
    ['al', 'all'],
    ['slction', 'selection'], // two edits
    ['sltion', null], // three
    ['x', null], // more edits than half its letters
    ['', null],
    ['--', null],
    ['s'.repeat(65), null], // too long to compare
  ])('%s is near %s', (word, expected) => {
    expect(nearMiss(word, KNOWN)).toBe(expected)
  })
})
