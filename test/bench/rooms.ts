import { benchRooms } from './room.ts'

/**
 * 500 players in 25 rooms: each makes a move a second, and each trainer says a word a second that
 * is timed on the 20 screens of the room.
 */
if (import.meta.main) {
  const asked = { words: 20, wordEveryMs: 1000, moveEveryMs: 1000, idleMs: 5000 }
  console.log(JSON.stringify(await benchRooms({ rooms: 25, playersEach: 20 }, asked)))
}
