/** Actions that one response may have, a playbook's too: what is over is refused, never cut. */
export const ACTIONS_MAX = 96
