import { alsoBroken, proofOf, type Question, type Told } from './prove.ts'

/** The search, off the page's own thread: one question at a time, told of as it goes. */
addEventListener('message', ({ data: question }: MessageEvent<Question>) => {
  const began = performance.now()
  const tell = (told: Told): void => {
    postMessage(told)
  }
  const proof = proofOf(question, (states) => {
    tell({ kind: 'states', states })
  })
  tell({ kind: 'found', proof, seconds: (performance.now() - began) / 1000 })
  const ways = proof.kind === 'broken' ? alsoBroken(question, proof.way.property) : []
  tell({ kind: 'also', ways })
})
