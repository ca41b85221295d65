/** The lab of proof by design: each workflow with a control off, a guess, and a way played. */
const FLOWS = {
  refunds: 'returns-and-refunds?without=fourEyes',
  goods: 'posted-goods?without=signedHandover',
  pages: 'page-changes?without=pageApproval',
  keys: 'virtual-goods?without=singleUseCode',
  invoices: 'supplier-invoices?without=callBack',
  locker: 'locker-hand-over?without=guessLimit',
  pharmacy: 'pharmacy?without=secondProbe',
}

export async function playDesign(camera) {
  await camera.follow('design', '/labs/design', async (page, at) => {
    const key = (name) => page.getByRole('button', { name })
    await page.getByRole('img', { name: 'Stamp: PROVED' }).waitFor()
    await at('proved')
    await page.getByRole('switch', { name: 'Four eyes' }).click()
    await key('Just show me').waitFor()
    await at('guess')
    await page.getByText('Nothing. The other controls catch it.').click()
    await key('See if I am right').click()
    await page.getByText('You thought that nothing can go wrong.').waitFor()
    await at('wrong')
    await key('Play the attack').click()
    await page.waitForURL('**/exercise/x*')
    await key('To my desk').click()
    await at('attacker')
    await key('Start the job').click()
    await key('Finish and see the debrief').click()
    await page.getByRole('link', { name: 'Back to the proof' }).waitFor()
    await at('over')
  })
  for (const [name, path] of Object.entries(FLOWS))
    await camera.take(`design-${name}`, `/labs/design/${path}`)
}
