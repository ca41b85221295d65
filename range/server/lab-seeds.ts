/**
 * Days that a lab may be. On a day left to chance the town itself may publish the page anew within
 * minutes (one day of 250): the skimmer is then gone before anybody can see it, and a lesson has
 * nothing to show. On each of these the lab's attack is the first thing that is raised.
 */
export const LAB_SEEDS: readonly number[] = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]
