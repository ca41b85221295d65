import { createGunClient } from '../../../range/client/gun/client.ts'
import { verifyEntry } from '../../../range/client/proof.ts'

// What the proof page does, without its looks: reachable for the test from outside.
Object.assign(globalThis, { createGunClient, verifyEntry })
