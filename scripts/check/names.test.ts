import { testLaws } from './cases.fixture.ts'

const core = 'packages/core/src'

testLaws([
  {
    law: 'folder names',
    title: 'a folder of leftovers',
    files: { [`${core}/run/utils/a.ts`]: '' },
    problem: 'folder "utils"',
  },
  { law: 'folder names', title: 'a file of that name', files: { [`${core}/run/types.ts`]: '' } },
  { law: 'file names', title: 'camel case', files: { 'scripts/runAll.ts': '' }, problem: 'kebab-case' },
  { law: 'file names', title: 'kebab-case', files: { 'scripts/run-all.test.ts': '', 'tsup.config.ts': '' } },
])
