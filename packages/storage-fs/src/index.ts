/** @batonjs/storage-fs: each run in a folder of its own, kept in an append-only journal. */

export { createFsStorage, type FsStorageOptions } from './fs-storage.ts'
