/** A node of a drawn hash tree: the subtree over entries [from, to). */
export interface DrawnNode {
  readonly from: number
  readonly to: number
  /** Columns away from the leaves: 0 for a leaf and for a folded subtree. */
  readonly column: number
  /** Its row, where it stands in one; otherwise it stands between its children. */
  readonly row: number | null
  /** Places of its children in the list; they come before it. */
  readonly children: readonly [number, number] | null
  readonly parent: number | null
  /** A subtree of more than one entry that is drawn as one row. */
  readonly folded: boolean
}

export interface DrawnTree {
  /** Children before parents; the last one is the head. */
  readonly nodes: readonly DrawnNode[]
  readonly rows: number
  readonly columns: number
}

/**
 * Lays out the tree of RFC 6962 over `size` entries (at least 1), a row for each entry. With
 * `only`, every subtree beside the way of that entry is folded into one row, so that a log of a
 * million entries takes 21 rows.
 */
export function layTree(size: number, only?: number): DrawnTree {
  const nodes: DrawnNode[] = []
  let rows = 0
  function lay(from: number, to: number): number {
    const single = to - from === 1
    const folded = !single && only !== undefined && (only < from || only >= to)
    if (single || folded) {
      const row = rows++
      nodes.push({ from, to, column: 0, row, children: null, parent: null, folded })
      return nodes.length - 1
    }
    const middle = from + largestPowerBelow(to - from)
    const [left, right] = [lay(from, middle), lay(middle, to)]
    const column = 1 + Math.max(nodes[left]!.column, nodes[right]!.column)
    nodes.push({
      from,
      to,
      column,
      row: null,
      children: [left, right],
      parent: null,
      folded: false,
    })
    const own = nodes.length - 1
    for (const child of [left, right]) nodes[child] = { ...nodes[child]!, parent: own }
    return own
  }
  const head = size > 0 ? lay(0, size) : -1
  return { nodes, rows, columns: head < 0 ? 0 : nodes[head]!.column + 1 }
}

/** What a node is to the way of one entry: on it, a seal that is joined on it, or neither. */
export function roleOf(
  { nodes }: DrawnTree,
  node: DrawnNode,
  entry: number | undefined,
): 'way' | 'joined' | 'beside' {
  const holds = ({ from, to }: DrawnNode): boolean =>
    entry !== undefined && from <= entry && entry < to
  if (holds(node)) return 'way'
  const parent = node.parent === null ? undefined : nodes[node.parent]
  return parent !== undefined && holds(parent) ? 'joined' : 'beside'
}

/**
 * The height of each node in pixels, given the middle of each row: a parent stands between its
 * children.
 */
export function heightsOf({ nodes }: DrawnTree, rowAt: (row: number) => number): number[] {
  const ys: number[] = []
  for (const { row, children } of nodes) {
    ys.push(row === null ? (ys[children![0]]! + ys[children![1]]!) / 2 : rowAt(row))
  }
  return ys
}

function largestPowerBelow(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}
