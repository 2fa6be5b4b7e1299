/**
 * Why a journal cannot be used. `missing`: no such file yet (nothing has been written); `outdated`:
 * older than this code, and opened without the right to migrate it; `newer`: written by newer code;
 * `altered`: a migration that was applied is not the one this code knows; `invalid`: a record that
 * must not be stored, such as a figure that is no decimal; `closed`: used after `close`.
 */
export type JournalFaultKind = 'missing' | 'outdated' | 'newer' | 'altered' | 'invalid' | 'closed';

export class JournalFault extends Error {
  readonly kind: JournalFaultKind;

  constructor(kind: JournalFaultKind, message: string) {
    super(message);
    this.name = 'JournalFault';
    this.kind = kind;
  }
}
