import AllowList from './AllowList.astro'
import Compare from './Compare.astro'
import Confidence from './Confidence.astro'
import Evidence from './Evidence.astro'
import Exhibit from './Exhibit.astro'
import LoupeView from './LoupeView.svelte'
import Monday from './Monday.astro'
import Myth from './Myth.astro'
import Notes from './Notes.astro'
import Part from './Part.astro'
import Quiz from './Quiz.astro'
import Ref from './Ref.astro'
import FactNote from './FactNote.astro'
import Says from './Says.astro'
import Step from './Step.astro'
import Steps from './Steps.astro'
import Term from './Term.astro'
import TermNote from './TermNote.astro'

/** The words that a lesson's text may use. */
export const lessonComponents = {
  AllowList,
  Compare,
  Confidence,
  Evidence,
  Exhibit,
  FactNote,
  Loupe: LoupeView,
  Monday,
  Myth,
  Notes,
  Part,
  Quiz,
  Ref,
  Says,
  Step,
  Steps,
  Term,
  TermNote,
}
