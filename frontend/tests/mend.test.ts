import { describe, expect, it } from 'vitest'
import { remedy } from '../src/features/people/mend'

describe('how a finding is mended', () => {
  it('names the field of the form', () => {
    expect(remedy('missingPhone')).toEqual({ field: 'phone' })
    expect(remedy('missingBirthDate')).toEqual({ field: 'birthDate' })
  })
  it('leads to certificates and careers', () => {
    expect(remedy('missingCertificate').certificate).toBe(true)
    expect(remedy('overlappingPosts').career).toBe(true)
  })
  it('leaves what it does not know to the words of the server', () => expect(remedy('somethingNew')).toEqual({}))
})
