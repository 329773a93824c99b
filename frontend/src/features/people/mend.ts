/** Where a finding is mended: a field of the edit form, the certificates, or the career. */
export interface Remedy {
  field?: 'phone' | 'education' | 'birthDate' | 'gender'
  certificate?: true
  career?: true
}

const remedies: Record<string, Remedy> = {
  missingPhone: { field: 'phone' },
  missingEducation: { field: 'education' },
  missingBirthDate: { field: 'birthDate' },
  missingGender: { field: 'gender' },
  missingCertificate: { certificate: true },
  certificateRefuted: { certificate: true },
  overlappingPosts: { career: true },
  lateStart: { career: true },
  lateEnd: { career: true },
}

/** What is not known here says itself how it is mended. */
export const remedy = (kind: string): Remedy => remedies[kind] ?? {}
