import { describe, expect, test } from 'vitest'
import {
  addressOf,
  drivingMs,
  edgeBetween,
  nodeOf,
  town,
  twinPlan,
  wayBetween,
} from '../../../range/world/town.ts'
import { townMap } from '../../../range/world/town-map.ts'

describe('town', () => {
  test('[W21] every node is reached from the depot, and every way is made of roads', () => {
    const depot = nodeOf('place:depot')
    for (const node of town.nodes) {
      expect(drivingMs(depot, node.index)).toBeLessThan(12 * 60_000)
      const way = wayBetween(depot, node.index)
      for (let i = 1; i < way.length; i++)
        expect(edgeBetween(way[i - 1]!, way[i]!).lengthMm).toBeGreaterThan(0)
    }
  })
  test('[W21] roads are as long as the ground between their ends, and octilinear', () => {
    for (const edge of town.edges) {
      const [a, b] = [town.nodes[edge.a]!, town.nodes[edge.b]!]
      const [dx, dy] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)]
      expect(dx === 0 || dy === 0 || dx === dy).toBe(true)
      expect(Math.abs(Math.hypot(dx, dy) - edge.lengthMm)).toBeLessThanOrEqual(1)
    }
  })
  test('[W21] the way there is as quick as the way back', () => {
    for (const door of town.doors)
      expect(drivingMs(nodeOf('place:depot'), nodeOf(door.id))).toBe(
        drivingMs(nodeOf(door.id), nodeOf('place:depot')),
      )
  })
  test('[W21] about 120 doors, four lockers, three meeting places, each at a node of its own', () => {
    expect(town.doors.length).toBeGreaterThan(100)
    expect(town.doors.length).toBeLessThan(140)
    const places = [...town.placeById.values()]
    expect(new Set(places.map((place) => place.node)).size).toBe(places.length)
    expect([town.lockers.length, town.meeting.length]).toEqual([4, 3])
  })
  test('[W21] each line has doors of its own, and addresses fall on doors and lockers', () => {
    for (const line of ['A', 'B', 'C'])
      expect(town.doors.filter((door) => door.line === line).length).toBeGreaterThan(20)
    const addresses = Array.from({ length: 2_000 }, (_, customer) => addressOf(customer, 7))
    const lockers = addresses.filter((address) => address.startsWith('locker:')).length
    expect(lockers / 2_000).toBeGreaterThan(0.2)
    expect(lockers / 2_000).toBeLessThan(0.32)
    expect(addressOf(12, 7)).toBe(addresses[12])
  })
  test('[W22] the twin plan names nodes, places and devices, and holds nothing that changes', () => {
    const plan = twinPlan(3)
    const nodes = new Set(plan.nodes.map((node) => node.id))
    for (const edge of plan.edges) expect(nodes.has(edge.from) && nodes.has(edge.to)).toBe(true)
    for (const place of plan.places) expect(nodes.has(place.node)).toBe(true)
    expect(plan.vans.map((van) => van.gps)).toEqual([
      'device:van-0-gps',
      'device:van-1-gps',
      'device:van-2-gps',
    ])
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    expect(JSON.parse(JSON.stringify(townMap()))).toEqual(townMap())
  })
})
