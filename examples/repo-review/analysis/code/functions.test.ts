import { expect, it } from 'vitest'
import { findFunctions } from './functions.ts'
import { splitText } from './source-text.ts'

/** Each function as `name line+lines depth`. */
function find(language: string, text: string): readonly string[] {
  const found = findFunctions(splitText(text, language)?.code ?? '', language)
  return found.map(({ name, line, lines, depth }) => `${name} ${line}+${lines} ${depth}`)
}

it('finds what TypeScript calls a function', () => {
  const text = `
export async function* declared<T extends { a: string }>(a: { b: T } = { b: 1 }): Promise<{ c: T }> {
  if (a) {
    for (const b of a) { use(b) }
  }
}
const arrow = async (a: string): Promise<Map<string, string>> => {
}
const typed: (a: string) => void = (a) => {
}
export class Counter<T> extends Base<{ a: T }> {
  #count = 0
  field = () => {
  }
  constructor(private a: string) {
    super(a)
  }
  static async #secret(): Promise<void> {
    try { await a() } catch (error) { throw error }
  }
  get size() {
    return 1
  }
  [Symbol.iterator]() {
    return 1
  }
}
const object = {
  method(a, b) {
  },
  key: function () {
  },
  nested: { inner: (x) => {
  } },
}
it('says "{" and }', () => {
})
`
  expect(find('TypeScript', text)).toEqual([
    'declared 2+5 2',
    'arrow 7+2 0',
    'typed 9+2 0',
    'field 13+2 0',
    'constructor 15+3 0',
    '#secret 18+3 1',
    'size 21+3 0',
    '(computed) 24+3 0',
    'method 29+2 0',
    'key 31+2 0',
    'inner 33+2 0',
    'callback of it 36+2 0',
  ])
})

it('takes no block, object, type or JSX of TypeScript for a function', () => {
  const text = `
if (a) { b() } else if (c) { d() }
for await (const x of y) {
}
switch (z) { case f(1): { break } }
while (w()) { }
do { } while (x)
label: { }
type Shape = { method(): void; a: { b: string } }
interface Other { call(a: { b: string }): { c: string } }
const { a, b } = f(c)
const view = <p style={{ a: 1 }}>Don't {cond ? call(x) : <b>{y}</b>}</p>
export { a }
import { b } from 'c'
`
  expect(find('TypeScript', text)).toEqual([])
})

it('ignores a nameless wrapper around a whole script', () => {
  const text = `(function () {\n${'  x()\n'.repeat(20)}  function inner() {\n  }\n})()\n`
  expect(find('JavaScript', text)).toEqual(['inner 22+2 0'])
})

it('finds functions of Python, with strings, decorators and long signatures', () => {
  const text = `
@decorated
async def outer(
    a={'b': 1},
):
    """Says

def not_one():
    """
    if a:
        for b in a:
            pass
    def inner():
        return (1,
2)

    return a  # end


class C:
    def method(self): return 1
x = 1
`
  expect(find('Python', text)).toEqual(['outer 3+15 2', 'inner 13+3 0', 'method 21+1 0'])
})

it('finds functions of Go, also behind empty interfaces', () => {
  const text = `
type T struct {
	a map[string]struct{}
}
var f = func() int { return 1 }
func (t *T) Method(a interface{}, b ...any) (map[string]interface{}, error) {
	if a != nil {
		for _, x := range []T{{a: nil}} { use(x) }
	}
	return nil, nil
}
func Generic[K comparable, V any](m map[K]V) struct{ a K } {
	go func() { }()
}
`
  expect(find('Go', text)).toEqual(['Method 6+6 2', 'Generic 12+3 1'])
})

it('finds functions of Rust, not those that are only declared', () => {
  const text = `
pub trait Shape { fn area(&self) -> f64; fn name(&self) -> String { "{".into() } }
impl<'a, T: Fn() -> u8> Foo<'a, T> {
    pub(crate) async unsafe fn go<const N: usize>(&'a self, x: [u8; 4]) -> Result<(), E>
    where
        T: Clone,
    {
        match x { [b'{', ..] => { if y { return Ok(()) } } _ => Foo { a: 1 }.b() }
    }
}
`
  expect(find('Rust', text)).toEqual(['name 2+1 0', 'go 4+6 3'])
})

it('finds methods of Java, in nested and nameless classes too', () => {
  const text = `
@Service("x")
public class A<T> extends B<T> implements C {
  static { init(); }
  private int[] data = { 1, 2 };
  public A(@Named("a") String a) throws IOException, X {
    super(a);
  }
  @Override
  public <R> List<R> map(Function<T, R> f) {
    if (f == null) { throw new X(); } else { list.forEach(x -> { use(x); }); }
    run(new Runnable() {
      public void run() { go(); }
    });
    return null;
  }
  abstract void none();
  enum E { ONE; void e() { } }
}
`
  expect(find('Java', text)).toEqual(['A 6+3 0', 'map 10+7 2', 'run 13+1 0', 'e 18+1 0'])
})

it('finds functions of C and C++, past the preprocessor', () => {
  const text = `
#define EACH(a) for (;;) { \\
  a }
struct point { int x; };
static struct point table[] = { { 1 }, };
#ifdef X
static int twice(int a) {
#else
static int twice(long a) {
#endif
  list_for_each(a, b) { if (a) { return 1; } }
  return 2 * a;
}
__attribute__((noreturn)) void die(const char *why)
{
}
namespace n {
class C final : public D {
  C(int a) : D(a), b_(1) { }
  bool operator==(const C &o) const noexcept override { return [&](int x) { return x; }(1); }
  ~C() { }
};
}
int n::C::get() const { return 1; }
`
  expect(find('C++', text)).toEqual([
    'twice 7+7 2',
    'die 14+3 0',
    'C 19+1 0',
    'operator== 20+1 1',
    '~C 21+1 0',
    'n::C::get 24+1 0',
  ])
})

it('survives brackets that nothing closes and that close nothing', () => {
  expect(find('TypeScript', '}}) function a() { ( [ }\nfunction b() {\n}')).toEqual(['a 1+1 0', 'b 2+2 0'])
})

it('knows no function of other languages', () => {
  expect(findFunctions('def a\nend', 'Ruby')).toEqual([])
})
