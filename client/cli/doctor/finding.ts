/** What `doctor` finds. */

/** `remedy` says what to do; `note`: works, and may surprise. */
export type Finding = { what: string; state: 'ok' | 'note' | 'wrong'; text: string; remedy?: string };

/** An examination that itself fails is a finding, not the end of the examination. */
export async function attempt(what: string, remedy: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return { what, state: 'wrong', text: error instanceof Error ? error.message : String(error), remedy };
  }
}
