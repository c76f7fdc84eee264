import { coreLayers, openings, portImports, purity } from './core-layers.ts'
import { exportLists, indexFiles } from './exports.ts'
import { declaredImports, packageDoors, platform } from './imports.ts'
import { casts, language, tasks } from './language.ts'
import type { Law } from './law.ts'
import { fileNames, folderNames } from './names.ts'
import { documentation, zodInside } from './public-names.ts'
import { kits, requiredFiles } from './required-files.ts'
import { rules } from './rules.ts'
import { fileSizes, functionSizes } from './sizes.ts'

/** Every law of the repository, in the order in which a reader meets them. */
export const laws: readonly Law[] = [
  requiredFiles,
  kits,
  folderNames,
  fileNames,
  fileSizes,
  functionSizes,
  language,
  casts,
  tasks,
  declaredImports,
  packageDoors,
  platform,
  coreLayers,
  portImports,
  purity,
  openings,
  exportLists,
  indexFiles,
  documentation,
  zodInside,
  rules,
]
