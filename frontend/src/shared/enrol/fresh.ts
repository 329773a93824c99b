/** A class that one may join without having missed a session already. */
export const fresh = (c: { openMinutes?: number; plannedMinutes?: number }) =>
  !!c.openMinutes && c.openMinutes === c.plannedMinutes
