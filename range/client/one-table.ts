/** A database of this browser with one table, whose keys stand beside the values. */
export interface OneTable {
  /**
   * One transaction; resolves with the request's result when all of it is on disk. Rejects where
   * the browser keeps nothing, and when the transaction was aborted.
   */
  within<T>(
    mode: IDBTransactionMode,
    use: (table: IDBObjectStore, transaction: IDBTransaction) => IDBRequest<T>,
  ): Promise<T>
}

/** The table `table` of the IndexedDB `database`, made with the first transaction. */
export function oneTable(database: string, table: string): OneTable {
  return {
    async within(mode, use) {
      const open = await openDatabase(database, table)
      try {
        return await new Promise((resolve, reject) => {
          const transaction = open.transaction(table, mode, { durability: 'strict' })
          const request = use(transaction.objectStore(table), transaction)
          transaction.oncomplete = () => resolve(request.result)
          transaction.onabort = () => reject(transaction.error ?? new Error('aborted'))
        })
      } finally {
        open.close()
      }
    },
  }
}

function openDatabase(database: string, table: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(table)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error('no database'))
    opening.onblocked = () => reject(new Error('blocked'))
  })
}
