import { proofOf, type Question, type Told } from './prove.ts'

/** The search, off the page's own thread: one question at a time, told of as it goes. */
addEventListener('message', (event: MessageEvent<Question>) => {
  const began = performance.now()
  const tell = (told: Told): void => {
    postMessage(told)
  }
  const proof = proofOf(event.data, (states) => {
    tell({ kind: 'states', states })
  })
  tell({ kind: 'found', proof, seconds: (performance.now() - began) / 1000 })
})
