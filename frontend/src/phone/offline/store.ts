/** The phone's own small database: its key, and scans that have not been sent. Absent where the browser has none. */
let opened: Promise<IDBDatabase> | undefined

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('carecert', 1)
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore('keys')
      request.result.createObjectStore('scans', { keyPath: 'id' })
    })
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('no database')))
  })
  return opened
}

type Name = 'keys' | 'scans'

async function run<T>(
  name: Name,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const db = await open()
  return new Promise((resolve, reject) => {
    const tx = db.transaction(name, mode)
    const request = work(tx.objectStore(name))
    tx.addEventListener('complete', () => resolve(request.result))
    tx.addEventListener('abort', () => reject(tx.error ?? new Error('not kept')))
  })
}

export const read = <T>(name: Name, key: string) =>
  run(name, 'readonly', (s) => s.get(key) as IDBRequest<T | undefined>)
export const readAll = <T>(name: Name) => run(name, 'readonly', (s) => s.getAll() as IDBRequest<T[]>)
/** Adds what is not there yet; refused where something is. */
export const add = (name: Name, value: unknown, key: string) => run(name, 'readwrite', (s) => s.add(value, key))
export const put = (name: Name, value: unknown) => run(name, 'readwrite', (s) => s.put(value))
export const remove = (name: Name, key: string) => run(name, 'readwrite', (s) => s.delete(key))
