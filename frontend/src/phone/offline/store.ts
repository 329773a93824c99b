/** The phone's own small database: its key, scans that have not been sent, inspections on the spot. Absent where the browser has none. */
let opened: Promise<IDBDatabase> | undefined

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('carecert', 2)
    request.addEventListener('upgradeneeded', ({ oldVersion }) => {
      if (oldVersion < 1) {
        request.result.createObjectStore('keys')
        request.result.createObjectStore('scans', { keyPath: 'id' })
      }
      request.result.createObjectStore('checks', { keyPath: 'id' })
    })
    request.addEventListener('success', () => {
      // A window of an older version must not hold up a newer one.
      request.result.addEventListener('versionchange', () => {
        request.result.close()
        opened = undefined
      })
      resolve(request.result)
    })
    request.addEventListener('error', () => reject(request.error ?? new Error('no database')))
  })
  return opened
}

type Name = 'keys' | 'scans' | 'checks'

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
